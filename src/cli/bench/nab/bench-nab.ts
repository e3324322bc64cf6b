import { DUE, Reservoirs } from "../../../detection/index.js";
import type { NabFile } from "./corpus.js";
import { detectionValues, type NabDetector } from "./detection.js";
import { NabScores, PROFILES, type Profile } from "./score.js";

export type ProfileScores = Readonly<Record<Profile["name"], number>>;

/** One seed's scores over a corpus. */
export interface SeedResult {
  readonly seed: number;
  /** At the threshold that ships. */
  readonly fixed: ProfileScores;
  /** At the threshold that is best for each profile. */
  readonly best: ProfileScores;
  readonly falsePositives: number;
  readonly found: number;
  readonly windows: number;
  readonly recordsPerSecond: number;
  readonly categories: readonly CategoryResult[];
}

export interface CategoryResult {
  readonly name: string;
  /** Standard profile at the threshold that ships; null where there are no windows. */
  readonly standard: number | null;
  readonly falsePositives: number;
  readonly found: number;
  readonly windows: number;
}

/**
 * Runs a detector over NAB's corpus.
 *
 * @param seed   of the detector's random layers
 * @param onRows called after each file with its number of rows
 */
export function benchNab(
  files: readonly NabFile[],
  detector: NabDetector,
  seed: number,
  onRows: (rows: number) => void = () => {},
): SeedResult {
  const reservoirs = new Reservoirs();
  let rows = 0;
  let ms = 0;
  const scored = files.map((file) => {
    const from = performance.now();
    const scores = detectionValues(file, detector, seed, reservoirs);
    ms += performance.now() - from;
    rows += scores.length;
    onRows(scores.length);
    return { scores, windows: file.windows, category: file.category };
  });
  const all = new NabScores(scored);
  const categories = [...new Set(files.map(({ category }) => category))].map((name): CategoryResult => {
    const own = new NabScores(scored.filter(({ category }) => category === name));
    const counts = own.counts(DUE);
    const [standard] = PROFILES;
    return {
      name,
      standard: counts.windows === 0 || !standard ? null : own.at(DUE, standard),
      ...counts,
    };
  });
  return {
    seed,
    fixed: byProfile((profile) => all.at(DUE, profile)),
    best: byProfile((profile) => all.best(profile).score),
    ...all.counts(DUE),
    recordsPerSecond: (1000 * rows) / ms,
    categories,
  };
}

export function byProfile(score: (profile: Profile) => number): ProfileScores {
  return Object.fromEntries(PROFILES.map((profile) => [profile.name, score(profile)])) as Record<
    Profile["name"],
    number
  >;
}
