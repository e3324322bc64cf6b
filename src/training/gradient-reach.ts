import type { TrainableNetwork } from "../cells/index.js";
import { median } from "./median.js";
import type { SequenceBatch } from "./sequence-batch.js";

/** Stretches of history at whose ends the loss is taken. */
const WINDOWS = 8;
/** A gradient that is smaller than this, beside what it started from, has vanished. */
const VANISHED = 0.01;

/** How a layer's gradients fare on their way back through time. */
export interface LayerReach {
  /** Steps back from the loss: 0, 1, 2, 4, 8, ... */
  readonly distances: readonly number[];
  /** |dL/dstate| that many steps back, in units of that at distance 0: the median of a few stretches. */
  readonly norms: readonly number[];
  /** The farthest distance at which it is at least 1 %; `depth` when it is so as far as was looked. */
  readonly steps: number;
  /** How far was looked. */
  readonly depth: number;
  /** The largest of any stretch, and how many steps back it was found. */
  readonly largest: { readonly norm: number; readonly distance: number };
}

/**
 * How far back gradients reach (Bengio, Simard and Frasconi 1994; Pascanu, Mikolov and Bengio 2013): the loss
 * is the sum of the outputs of one step alone, and is back-propagated through up to `depth` steps; its
 * gradient by a layer's state d steps earlier tells what the layer remembers from there. The state is h, and
 * of an LSTM h and c: what it remembers goes by c.
 *
 * Weights and moments stay as they are; gradients are cleared.
 *
 * @param network that reads forward
 * @param lanes   of which a few stretches are taken, evenly spread, in which no sequence begins
 * @param depth   in steps
 * @returns by layer from the lowest; empty when every sequence is too short, or the head ignores its input
 */
export function gradientReach(
  network: TrainableNetwork,
  lanes: SequenceBatch,
  depth: number,
): readonly LayerReach[] {
  const { ends, steps } = stretches(lanes, 2 * depth);
  const deepest = Math.min(depth, steps - 1);
  if (ends.length === 0 || deepest < 1) return [];
  const window = network.window(ends.length, steps);
  const I = network.inputs;
  for (const [b, end] of ends.entries()) {
    window.input.set(lanes.input.subarray((end - steps) * I, end * I), b * steps * I);
  }
  window.forward();
  const O = network.outputs;
  const { dOutput } = window;
  dOutput.fill(0);
  for (let b = 1; b <= ends.length; b++) dOutput.fill(1, (b * steps - 1) * O, b * steps * O);
  window.backward();
  network.clearGradients();

  const { layers } = network.shape;
  const gradients = new Float64Array(ends.length * network.stateSize);
  /** By distance, then stretch and layer. */
  const norms = Array.from({ length: deepest + 1 }, (_, distance) => {
    window.gradientsBefore(gradients, steps - distance);
    return partNorms(gradients, ends.length * layers);
  });
  return Array.from({ length: layers }, (_, layer) => layerReach(norms, layers, layer)).filter(
    (reach) => reach !== undefined,
  );
}

/** Where stretches of `wanted` steps end that hold no beginning but at their first step; fewer steps if there is none. */
function stretches({ batch, steps: T, begins, target }: SequenceBatch, wanted: number) {
  const width = target.length / (batch * T);
  const isKnown = (row: number) =>
    target.subarray(row * width, (row + 1) * width).some((y) => !Number.isNaN(y));
  /** Steps of a row's sequence up to and with the row. */
  const ages = new Uint32Array(batch * T);
  let steps = 0;
  for (let row = 0; row < batch * T; row++) {
    ages[row] = row % T === 0 || begins?.[row] === 1 ? 1 : ages[row - 1]! + 1;
    if (isKnown(row)) steps = Math.max(steps, Math.min(wanted, ages[row]!));
  }
  const rows: number[] = [];
  for (let row = 0; row < batch * T; row++) if (ages[row]! >= steps && isKnown(row)) rows.push(row);
  const count = Math.min(WINDOWS, rows.length);
  const ends = Array.from(
    { length: count },
    (_, i) => rows[Math.floor(((i + 0.5) * rows.length) / count)]! + 1,
  );
  return { ends, steps };
}

/** The norms of `count` parts of equal length; Infinity where float32 was too small for them. */
function partNorms(values: Float64Array, count: number): Float64Array {
  const each = values.length / count;
  return Float64Array.from({ length: count }, (_, part) => {
    let square = 0;
    for (let i = part * each; i < (part + 1) * each; i++) square += values[i]! * values[i]!;
    // Beyond float32, infinities meet zeros.
    return Number.isNaN(square) ? Infinity : Math.sqrt(square);
  });
}

/** undefined when no gradient arrives at all. */
function layerReach(norms: readonly Float64Array[], layers: number, layer: number): LayerReach | undefined {
  const [first] = norms;
  const own = (_: number, part: number) => part % layers === layer && first![part]! > 0;
  const start = first!.filter(own);
  if (start.length === 0) return undefined;
  let largest = { norm: 1, distance: 0 };
  const medians = norms.map((row, distance) => {
    const ratios = row.filter(own).map((norm, i) => norm / start[i]!);
    for (const norm of ratios) if (norm > largest.norm) largest = { norm, distance };
    return median(ratios);
  });
  const depth = norms.length - 1;
  const distances = [0];
  for (let distance = 1; distance <= depth; distance *= 2) distances.push(distance);
  return {
    distances,
    norms: distances.map((distance) => medians[distance]!),
    steps: medians.findLastIndex((norm) => norm >= VANISHED),
    depth,
    largest,
  };
}
