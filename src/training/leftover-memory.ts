import type { TrainableNetwork } from "../cells/index.js";
import { cutSteps, type SequenceBatch } from "./sequence-batch.js";

/** Steps of history that are looked at, of all lanes together. */
const STEPS = 4096;
/** Steps that the network runs at once. */
const WINDOW = 64;
/** Parts of the history that are held against each other. */
const BLOCKS = 32;
const LEAST_STEPS = 16 * BLOCKS;
/** Beyond chance, for thousands of lags and inputs that are tried: t of as many means as there are blocks... */
const LEAST_T = 6;
/** ...and worth mentioning: a hundredth of the errors' variance. */
const LEAST_CORRELATION = 0.1;

/** What a network leaves unused: its errors go with an input `lag` steps before. */
export interface Leftover {
  readonly lag: number;
  /** Of the errors with that input. */
  readonly correlation: number;
}

/**
 * The memory that the data has and a network does not use: if it made the best of what happened d steps before,
 * its errors would not correlate with the inputs of that step. Straight-line dependence only.
 *
 *     r(d) = sum over t of e[t] x[t - d] / (n sd(e) sd(x)),   e = target - output
 *
 * tested by the method of batch means: the sum's standard error is that of the sums of up to 32 blocks, which
 * holds for errors that hang together, as those of forecasts several steps ahead do.
 *
 * @param all   of which as much is looked at as affords a quick answer
 * @param depth lags that are tried: 1 to depth
 * @returns the shortest lag whose correlation is nearly the strongest; null: none is beyond chance; undefined:
 *   there is too little history to tell
 */
export function leftoverMemory(
  network: TrainableNetwork,
  all: SequenceBatch,
  depth: number,
): Leftover | null | undefined {
  const n = Math.min(WINDOW, all.steps);
  if (n === 0 || all.target.length !== all.batch * all.steps * network.outputs) return undefined;
  const lanes = firstLanes(all, Math.floor(STEPS / n));
  const { batch: B, steps: T } = lanes;
  const steps = n * Math.floor(Math.min(T, STEPS / B) / n);
  const errors = errorsOf(network, lanes, steps, n);
  const ages = agesOf(lanes, steps);
  /** By lag: the strongest correlation that is beyond chance. */
  const found = new Float64Array(depth + 1);
  let known = 0;
  const inputs = Array.from({ length: network.inputs }, (_, i) => {
    const input = column(lanes.input, network.inputs, i, B, T, steps);
    center(input);
    return input;
  });
  for (let o = 0; o < network.outputs; o++) {
    const error = column(errors, network.outputs, o, B, steps, steps);
    known = Math.max(known, center(error));
    for (const input of inputs) strongest(found, correlations(error, input, ages, B, depth));
  }
  if (known < LEAST_STEPS) return undefined;
  const most = found.reduce((max, r) => Math.max(max, Math.abs(r)), 0);
  if (most === 0) return null;
  // A periodic input is as telling a period earlier.
  const lag = found.findIndex((r) => Math.abs(r) >= 0.9 * most);
  return { lag, correlation: found[lag]! };
}

function firstLanes({ batch, steps, input, target, begins }: SequenceBatch, most: number): SequenceBatch {
  const B = Math.min(batch, most);
  return {
    batch: B,
    steps,
    input: input.subarray(0, (input.length / batch) * B),
    target: target.subarray(0, (target.length / batch) * B),
    ...(begins === undefined ? {} : { begins: begins.subarray(0, B * steps) }),
  };
}

/** [B, steps, O] target less output, states carried through; NaN where unknown. */
function errorsOf(network: TrainableNetwork, lanes: SequenceBatch, steps: number, n: number): Float64Array {
  const { batch: B, steps: T } = lanes;
  const window = network.window(B, n);
  const O = network.outputs;
  const errors = new Float64Array(B * steps * O);
  const state = new Float64Array(B * network.stateSize);
  for (let from = 0; from < steps; from += n) {
    cutSteps(window.input, lanes.input, T, B, from, from + n);
    if (lanes.begins !== undefined) cutSteps(window.begins, lanes.begins, T, B, from, from + n);
    window.initial.set(state);
    window.forward();
    window.statesBefore(state, n);
    const { output } = window;
    for (let b = 0; b < B; b++) {
      for (let k = 0; k < n * O; k++) {
        const wanted = lanes.target[(b * T + from) * O + k]!;
        errors[(b * steps + from) * O + k] = wanted - output[b * n * O + k]!;
      }
    }
  }
  return errors;
}

/** [B, steps] how many steps before a step belong to its sequence. */
function agesOf({ batch, steps: T, begins }: SequenceBatch, steps: number): Uint32Array {
  const ages = new Uint32Array(batch * steps);
  for (let b = 0; b < batch; b++) {
    for (let t = 1; t < steps; t++) {
      ages[b * steps + t] = begins?.[b * T + t] === 1 ? 0 : ages[b * steps + t - 1]! + 1;
    }
  }
  return ages;
}

/** [B, steps] one of the W values of each of the first steps of B sequences [B, T, W]. */
function column(
  values: Float64Array,
  W: number,
  which: number,
  B: number,
  T: number,
  steps: number,
): Float64Array {
  return Float64Array.from(
    { length: B * steps },
    (_, row) => values[(Math.floor(row / steps) * T + (row % steps)) * W + which]!,
  );
}

/**
 * Takes the mean off what is known, and divides it by its standard deviation.
 *
 * @returns how many are known
 */
function center(values: Float64Array): number {
  let count = 0;
  let sum = 0;
  let square = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
    square += value * value;
  }
  const mean = sum / count;
  const sd = Math.sqrt(Math.max(0, square / count - mean * mean));
  const scale = sd > 1e-9 * Math.abs(mean) ? 1 / sd : 0;
  for (let i = 0; i < values.length; i++) values[i] = (values[i]! - mean) * scale;
  return count;
}

/**
 * By lag, [depth + 1]: the correlation of errors with an input so many steps before, 0 where it may be chance.
 *
 * @param error, input [B, steps] of mean 0 and variance 1; NaN where unknown
 */
function correlations(
  error: Float64Array,
  input: Float64Array,
  ages: Uint32Array,
  batch: number,
  depth: number,
): Float64Array {
  const perLane = Math.max(1, Math.floor(BLOCKS / batch));
  const steps = error.length / batch;
  const each = Math.ceil(steps / perLane);
  const [sums, squares, counts] = [0, 0, 0].map(() => new Float64Array(depth + 1));
  const block = new Float64Array(depth + 1);
  let blocks = 0;
  for (let b = 0; b < batch; b++) {
    for (let from = b * steps; from < (b + 1) * steps; from += each) {
      block.fill(0);
      for (let row = from; row < Math.min(from + each, (b + 1) * steps); row++) {
        const e = error[row]!;
        if (Number.isNaN(e)) continue;
        const reach = Math.min(depth, ages[row]!);
        for (let d = 1; d <= reach; d++) block[d]! += e * input[row - d]!;
        counts![reach]!++;
      }
      for (let d = 1; d <= depth; d++) {
        sums![d]! += block[d]!;
        squares![d]! += block[d]! * block[d]!;
      }
      blocks++;
    }
  }
  const result = new Float64Array(depth + 1);
  let count = 0;
  for (let d = depth; d >= 1; d--) {
    count += counts![d]!;
    const mean = sums![d]! / blocks;
    const variance = (squares![d]! / blocks - mean * mean) / (blocks - 1);
    const r = sums![d]! / count;
    if (Math.abs(r) >= LEAST_CORRELATION && mean * mean > LEAST_T * LEAST_T * variance) result[d] = r;
  }
  return result;
}

/** found = whichever is farther from 0, lag by lag. */
function strongest(found: Float64Array, other: Float64Array): void {
  for (let d = 0; d < found.length; d++) if (Math.abs(other[d]!) > Math.abs(found[d]!)) found[d] = other[d]!;
}
