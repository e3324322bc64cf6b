import { Rng, sin } from "../core/index.js";
import { type EnsembleOptions, makeEnsemble, Shared } from "./ensemble.js";

/** Warm-ups are stepped through up to here; of what is longer only the rows that wait are counted. */
const MOST_ROWS = 1000;
/** Detectors that keep the warm-up until its end. */
const WAITING = ["pattern", "level", "reconstruction"] as const;
/** Of the errors from which a horizon's interval comes, once they are all there. */
const INTERVAL = 4016;

/**
 * Memory that one key's detectors and intervals take, bytes: the most of what they hold when the warm-up ends and after it,
 * found by stepping some.
 */
export function keyMemory(options: EnsembleOptions): number {
  const { targets, horizons, detectors } = options;
  const warmUp = Math.min(options.warmUp, MOST_ROWS);
  const members = makeEnsemble({ ...options, warmUp }, new Shared());
  const bytes = () => members.reduce((sum, { detector }) => sum + (detector.mostBytes ?? detector.bytes), 0);
  const rng = new Rng(1);
  let most = bytes();
  for (let count = 1; count <= warmUp + 1; count++) {
    const values = Float64Array.from(targets, (_, j) => sin(count / (10 + j)) + 0.1 * rng.normal());
    // Of an interval that isn't known, all that may be wanted is stepped.
    for (const member of members)
      member.strength({ values, time: count * 1000, count, begins: count === 1, intervalMs: 0 });
    if (count >= warmUp - 1) most = Math.max(most, bytes());
  }
  for (const { detector } of members) detector.release();
  const waits = WAITING.filter((name) => detectors.includes(name)).length;
  const unstepped = 8 * targets.length * waits * (options.warmUp - warmUp);
  return Math.max(most, unstepped) + INTERVAL * targets.length * horizons.length;
}
