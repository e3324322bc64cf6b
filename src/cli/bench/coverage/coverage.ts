import { Delivery, Rng, refuseFaults, streamEvent } from "../../../core/index.js";
import { detectionStage } from "../../../detection/index.js";

/** Rows before the noise changes. */
const BEFORE = 3000;
/** Stretches whose coverage is told, as rows from the change on. */
const STRETCHES = [
  [-2000, 0],
  [0, 50],
  [50, 250],
  [250, 1250],
] as const;

/** Share of the values within their interval, by stretch of rows. */
export interface Coverage {
  /** By what factor the noise grows. */
  readonly factor: number;
  readonly stretches: readonly { readonly from: number; readonly to: number; readonly share: number }[];
}

/**
 * How many values lie within the intervals that were given for them, before and after the noise of a stream changes: an AR(1)
 * level (0.9) with normal noise, forecast by persistence, one step ahead.
 *
 * @param factor by which the noise's standard deviation grows
 */
export function measureCoverage(factor: number, seeds: number): Coverage {
  const inside = STRETCHES.map(() => 0);
  for (let seed = 1; seed <= seeds; seed++) {
    for (const [row, isInside] of intervals(factor, seed).entries()) {
      const at = STRETCHES.findIndex(([from, to]) => row >= BEFORE + from && row < BEFORE + to);
      if (at >= 0 && isInside) inside[at]!++;
    }
  }
  return {
    factor,
    stretches: STRETCHES.map(([from, to], i) => ({ from, to, share: inside[i]! / (seeds * (to - from)) })),
  };
}

/** Of each row whether its value lies within its interval. */
function intervals(factor: number, seed: number): boolean[] {
  const rng = new Rng(seed);
  const stage = detectionStage({ targets: ["v"], horizons: [1], unit: "step", watch: undefined });
  let level = 0;
  const events = Array.from({ length: BEFORE + 1250 }, (_, t) => {
    level = 0.9 * level + (t < BEFORE ? 1 : factor) * rng.normal();
    const event = streamEvent({ key: "a", time: t * 60_000, arrival: t * 60_000, values: {} });
    const target = Float64Array.of(level);
    return Object.assign(event, { seq: t + 1, begins: t === 0, target, scale: new Float64Array(1) });
  });
  const batch = { events, requests: [], deadLetters: [], ledger: [], log: [], delivery: new Delivery() };
  void stage.process(batch);
  refuseFaults(batch);
  return events.map(({ prediction }) => {
    const { value = 0, lower = null, upper = null } = prediction?.targets[0] ?? {};
    return lower !== null && upper !== null && value >= lower && value <= upper;
  });
}
