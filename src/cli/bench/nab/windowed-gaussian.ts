import { erfc } from "./erfc.js";

/** As NAB writes it. */
const ROOT_OF_TWO = 14_142 / 10_000;
const WINDOW = 6400;
const STEP = 100;

/**
 * NAB's windowedGaussian, the yardstick whose published scores (39.65, 20.87, 47.41) check this scorer: 1 - Q, Q the
 * probability that a normal distribution with mean and deviation of the last 6,400 values goes farther out; the window
 * moves on by 100 values at a time. Scores have 12 digits, as in NAB's result files: near 1 more would tell apart what
 * those do not.
 */
export function windowedGaussian(values: Float64Array): Float64Array {
  const window: number[] = [];
  let waiting: number[] = [];
  let mean = 0;
  let deviation = 1;
  const measure = () => {
    mean = window.reduce((sum, value) => sum + value, 0) / window.length;
    const variance = window.reduce((sum, value) => sum + (value - mean) ** 2, 0) / window.length;
    deviation = Math.sqrt(variance) || 0.000001;
  };
  return values.map((value) => {
    // NAB divides by 1.4142, not by the square root of 2.
    const z = Math.abs(value - mean) / deviation;
    const score = window.length === 0 ? 0 : 1 - 0.5 * erfc(z / ROOT_OF_TWO);
    if (window.length < WINDOW) {
      window.push(value);
      measure();
    } else {
      waiting.push(value);
      if (waiting.length === STEP) {
        window.splice(0, STEP);
        window.push(...waiting);
        waiting = [];
        measure();
      }
    }
    return Number(score.toFixed(12));
  });
}
