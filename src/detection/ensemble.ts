import { log } from "../core/index.js";
import { daysInTenThousand } from "./days.js";
import type { Detector, Row } from "./detector.js";
import { ForecastDetector } from "./forecast/forecast-detector.js";
import { Fusion } from "./fusion.js";
import { LevelCores, LevelDetector } from "./level/level-detector.js";
import { BudgetedNovelty, ONE_NET, Reservoirs, SIX_NETS } from "./novelty/index.js";
import { PatternDetector } from "./pattern/pattern-detector.js";
import { ReconstructionDetector } from "./reconstruction/reconstruction-detector.js";
import { SequenceAutoencoders } from "./reconstruction/sequence-autoencoder.js";
import { MissingDetector, type MissingOptions } from "./watches/missing-detector.js";
import { type Limits, RangeDetector } from "./watches/range-detector.js";
import { SilenceDetector, type SilenceOptions } from "./watches/silence-detector.js";
import { StuckDetector } from "./watches/stuck-detector.js";
import { TogetherDetector } from "./watches/together-detector.js";

/** Detectors by name; `novelty-6` is the whole ensemble of novelty's nets. */
export const DETECTORS = [
  "pattern",
  "novelty",
  "novelty-6",
  "level",
  "forecast",
  "reconstruction",
  "stuck",
  "range",
  "silence",
  "missing",
  "together",
] as const;
export type DetectorName = (typeof DETECTORS)[number];

export interface EnsembleOptions {
  readonly targets: readonly string[];
  /** Steps ahead that are foretold, ascending. */
  readonly horizons: readonly number[];
  /** Rows of a key before it is known what is usual. */
  readonly warmUp: number;
  readonly detectors: readonly DetectorName[];
  /** Values and states that patterns are looked for in. */
  readonly rings: { readonly pattern: number; readonly novelty: number };
  /** How many alerts a day a key may raise. */
  readonly alertsPerDay: number;
  /** What targets can be at all, by name. */
  readonly limits: Readonly<Record<string, Limits>>;
  /** A longer silence is an alert, ms; absent: learned. */
  readonly silenceMs?: number;
  /** How often rows come, and what share of them may be missing; absent: learned. */
  readonly missing?: Omit<MissingOptions, "warmUp">;
}

/** What detectors of all keys share. */
export class Shared {
  readonly reservoirs = new Reservoirs();
  readonly cores = new LevelCores(this.reservoirs.kernel);
  readonly autoencoders = new SequenceAutoencoders();
}

/** One that judges a key's rows, in thresholds of the key's own budget. */
export interface Member {
  readonly detector: Detector;
  /** Who judged the newest row. */
  name(): string;
  strength(row: Row): number;
  /** Of the newest row. */
  why(): string;
  /** It says itself what value was expected. */
  readonly speaksOfTheForecast?: boolean;
}

export function makeEnsemble(options: EnsembleOptions, shared: Shared): Member[] {
  const { targets, warmUp, detectors, limits, missing } = options;
  const has = (name: DetectorName) => detectors.includes(name);
  const single = targets.flatMap((name, target): Member[] => {
    const own = limits[name];
    return [
      ...signalMembers(options, shared, target),
      ...(has("range") && own !== undefined
        ? [asShipped(forTarget(new RangeDetector(name, own), target))]
        : []),
    ];
  });
  return [
    ...single,
    ...(has("level") ? [asShipped(new LevelDetector({ signals: targets, warmUp }, shared.cores))] : []),
    ...(has("reconstruction")
      ? [asShipped(new ReconstructionDetector({ signals: targets, warmUp }, shared.autoencoders))]
      : []),
    ...(has("forecast")
      ? [{ ...asShipped(new ForecastDetector(targets, options.horizons)), speaksOfTheForecast: true }]
      : []),
    ...(has("stuck") ? [asShipped(new StuckDetector(targets, warmUp))] : []),
    ...(has("silence") ? [asShipped(new SilenceDetector(silenceOptions(options)))] : []),
    ...(has("missing") ? [asShipped(new MissingDetector({ warmUp, ...missing }))] : []),
    ...(has("together") && targets.length > 1
      ? [asShipped(new TogetherDetector({ signals: targets, warmUp }))]
      : []),
  ];
}

/** How silence is watched for. */
export function silenceOptions({
  warmUp,
  silenceMs,
}: Pick<EnsembleOptions, "warmUp" | "silenceMs">): SilenceOptions {
  return { warmUp, ...(silenceMs === undefined ? {} : { longestMs: silenceMs }) };
}

function asShipped(detector: Detector): Member {
  const { name } = detector;
  return {
    detector,
    name: () => name,
    strength: (row) => detector.step(row) ?? 0,
    why: () => detector.why(),
  };
}

/** Pattern and novelty of one signal: each by itself, or as one where both are wanted. */
function signalMembers(options: EnsembleOptions, shared: Shared, target: number): Member[] {
  const { warmUp, detectors, rings, alertsPerDay } = options;
  const isSix = detectors.includes("novelty-6");
  const novelty =
    isSix || detectors.includes("novelty")
      ? new BudgetedNovelty(
          { warmUp, nets: isSix ? SIX_NETS : ONE_NET, ...(isSix ? {} : { ring: rings.novelty }) },
          alertsPerDay,
          shared.reservoirs,
        )
      : undefined;
  const pattern = detectors.includes("pattern")
    ? new PatternDetector({ warmUp, ring: rings.pattern }, shared.reservoirs.kernel)
    : undefined;
  if (novelty && !pattern) {
    const detector = forTarget(novelty, target);
    const strength = (row: Row) => {
      const own = detector.step(row) ?? 0;
      return novelty.mayRaise ? own : 0;
    };
    return [{ detector, name: () => "novelty", strength, why: () => detector.why() }];
  }
  if (!pattern) return [];
  const detector = forTarget(novelty ? new Fusion(novelty, pattern) : pattern, target);
  let isPatternAlone = true;
  // Most streams are regular: the threshold is that of the row before.
  let threshold = { intervalMs: Number.NaN, value: 0 };
  const thresholdAt = (intervalMs: number): number => {
    if (intervalMs !== threshold.intervalMs) {
      threshold = { intervalMs, value: patternThreshold(alertsPerDay, intervalMs) };
    }
    return threshold.value;
  };
  return [
    {
      detector,
      name: () => (isPatternAlone ? "pattern" : "novelty"),
      strength: (row) => {
        const together = detector.step(row) ?? 0;
        const alone = pattern.evidence / thresholdAt(row.intervalMs ?? 0);
        isPatternAlone = !novelty?.mayRaise || alone >= together;
        return isPatternAlone ? alone : together;
      },
      why: () => (isPatternAlone ? pattern.why() : detector.why()),
    },
  ];
}

/** A detector of one signal, given that one of several. */
function forTarget(detector: Detector, target: number): Detector {
  if (target === 0) return detector;
  return {
    name: detector.name,
    get bytes() {
      return detector.bytes;
    },
    get mostBytes() {
      return detector.mostBytes ?? detector.bytes;
    },
    step: (row) => detector.step({ ...row, values: row.values.subarray(target, target + 1) }),
    why: () => detector.why(),
    release: () => detector.release(),
    write: (to) => detector.write(to),
    read: (from) => detector.read(from),
  };
}

/** Of a budget, how much may be spent on streams in which nothing is the matter. */
const WASTED = 0.01;
/** Alerts that the pattern detector raises in 10,000 rows of noise, by its threshold: measured, see docs/detection.md. */
const FALSE_BY_THRESHOLD = [
  [2, 5],
  [2.5, 1.4],
  [2.75, 0.65],
  [3, 0.12],
  [3.25, 0.03],
  [3.5, 0.01],
  [4, 0.001],
] as const;

/** The pattern detector's threshold at which noise alone wastes no more than a hundredth of the budget. */
export function patternThreshold(alertsPerDay: number, intervalMs: number): number {
  if (!(intervalMs > 0)) return 3;
  const wanted = log(WASTED * alertsPerDay * daysInTenThousand(intervalMs));
  let [before, falseBefore] = FALSE_BY_THRESHOLD[0] as readonly [number, number];
  for (const [threshold, count] of FALSE_BY_THRESHOLD) {
    if (log(count) <= wanted) {
      if (threshold === before) return threshold;
      const share = (wanted - log(falseBefore)) / (log(count) - log(falseBefore));
      return before + share * (threshold - before);
    }
    [before, falseBefore] = [threshold, count];
  }
  return before;
}

/** What a pipeline is watched by unless it says otherwise, and why. */
export interface AutoChoice {
  readonly detectors: readonly DetectorName[];
  readonly rings: EnsembleOptions["rings"];
  readonly why: string;
}

/** What a person expects to be watched for, of any signal. */
const WATCHES = ["stuck", "range", "silence", "missing"] as const;
/** Bytes that all keys' detectors may take together. */
const MEMORY = 128 * 1024 * 1024;
/** What a key's detectors take, about: see `Detector.bytes`. */
const PATTERN_LARGE = 120_000;
const PATTERN_SMALL = 50_000;
const NOVELTY = 250_000;

/**
 * What watches a stream best for the memory that there is: for one signal the pattern detector, and novelty where the budget
 * has room for it; the forecast's error where there are too many keys for that; for several the level detector.
 *
 * @param keys about how many are expected
 */
export function chooseDetectors(targets: number, keys: number): AutoChoice {
  const small = { pattern: 1000, novelty: 500 };
  if (targets > 1) {
    return {
      detectors: ["level", ...WATCHES, "together"],
      rings: small,
      why: "several signals: level and watches",
    };
  }
  if (keys * (PATTERN_LARGE + NOVELTY) <= MEMORY) {
    return {
      detectors: ["pattern", "novelty", ...WATCHES],
      rings: { pattern: 4000, novelty: 1000 },
      why: "one signal: pattern and watches, novelty where the budget has room for it",
    };
  }
  if (keys * PATTERN_SMALL <= MEMORY) {
    return {
      detectors: ["pattern", ...WATCHES],
      rings: small,
      why: `one signal of ${keys} keys: pattern with a shorter memory, and watches`,
    };
  }
  return {
    detectors: ["forecast", ...WATCHES],
    rings: small,
    why: `one signal of ${keys} keys: the forecast's error and watches, which need little memory`,
  };
}
