import {
  AlertCycle,
  type Detector,
  Fusion,
  NoveltyDetector,
  ONE_NET,
  PatternDetector,
  type Reservoirs,
  SIX_NETS,
} from "../../../detection/index.js";
import type { NabFile } from "./corpus.js";
import { probation } from "./score.js";

export const NAB_DETECTORS = ["fusion-6", "fusion", "novelty-6", "novelty", "pattern"] as const;
/** Novelty with six nets or one, the pattern detector, or both as one. */
export type NabDetector = (typeof NAB_DETECTORS)[number];

/** What a record is worth at most where no alert fires. */
const SILENT = 0.49;
const HOLD = 5;

/**
 * One detection value a record: the score where an alert fires, else at most 0.49. Every file is a key of its own, whose
 * warm-up is NAB's probation; sizes and thresholds are those that ship.
 */
export function detectionValues(
  { times, values }: NabFile,
  name: NabDetector,
  seed: number,
  reservoirs: Reservoirs,
): Float64Array {
  const warmUp = Math.floor(probation(values.length));
  const detectors = make(name, warmUp, seed, reservoirs);
  const cycle = new AlertCycle({ warmUp, hold: HOLD });
  const scores = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const time = times[i] ?? 0;
    const row = { values: values.subarray(i, i + 1), time, count: i + 1, begins: i === 0 };
    let strength = 0;
    for (const detector of detectors) strength = Math.max(strength, detector.step(row) ?? 0);
    const { score, fires } = cycle.step(strength, time, i >= warmUp);
    scores[i] = fires ? score : Math.min(score, SILENT);
  }
  for (const detector of detectors) detector.release();
  return scores;
}

function make(name: NabDetector, warmUp: number, seed: number, reservoirs: Reservoirs): Detector[] {
  const novelty = (nets: typeof SIX_NETS) => new NoveltyDetector({ warmUp, nets, seed }, reservoirs);
  const pattern = () => new PatternDetector({ warmUp }, reservoirs.kernel);
  switch (name) {
    case "novelty-6":
      return [novelty(SIX_NETS)];
    case "novelty":
      return [novelty(ONE_NET)];
    case "pattern":
      return [pattern()];
    case "fusion":
      return [new Fusion(novelty(ONE_NET), pattern())];
    case "fusion-6":
      return [new Fusion(novelty(SIX_NETS), pattern())];
  }
}
