import type { Window } from "../cells/index.js";
import type { Pace } from "./pace.js";
import type { TrainingSequence } from "./training-job.js";

/** A sequence with what is wanted in its later part. */
export interface ValidationPiece {
  readonly sequence: TrainingSequence;
  /** [T, O], NaN where unknown or not to be judged */
  readonly wanted: Float64Array;
}

/** What is wanted, at every known target, in order. */
export function knownTargets(pieces: readonly ValidationPiece[]): Float64Array {
  return joined(pieces.map(({ wanted }) => wanted.filter((value) => !Number.isNaN(value))));
}

/**
 * What a network says at every known target, in order, in units of scale: the state is carried through from
 * the beginning of each sequence. NaN where the network overflowed.
 *
 * @param window of the network, one sequence wide
 */
export function knownOutputs(window: Window, pieces: readonly ValidationPiece[], pace: Pace): Float64Array {
  return joined(
    pieces.map(({ sequence, wanted }) =>
      outputs(window, sequence, pace).filter((_, i) => !Number.isNaN(wanted[i])),
    ),
  );
}

/** |output - target|, element by element. */
export function absoluteErrors(outputs: Float64Array, targets: Float64Array): Float64Array {
  return outputs.map((output, i) => Math.abs(output - targets[i]!));
}

/** The mean of arrays, element by element. */
export function meanOfArrays(arrays: readonly Float64Array[]): Float64Array {
  return arrays[0]!.map((_, i) => arrays.reduce((sum, array) => sum + array[i]!, 0) / arrays.length);
}

/** A network's outputs over a whole sequence, [T, O], window by window. */
function outputs(window: Window, { x, begins }: TrainingSequence, pace: Pace): Float64Array {
  const T = begins.length;
  const n = window.steps;
  const I = window.input.length / n;
  const O = window.output.length / n;
  const all = new Float64Array(T * O);
  const state = new Float64Array(window.initial.length);
  for (let from = 0; from < T; from += n) {
    const to = Math.min(from + n, T);
    // Whatever stands behind the last step changes nothing before it.
    window.input.set(x.subarray(from * I, to * I));
    window.begins.set(begins.subarray(from, to));
    window.initial.set(state);
    window.forward();
    all.set(window.output.subarray(0, (to - from) * O), from * O);
    window.statesBefore(state, n);
    pace();
  }
  return all;
}

/** Arrays one after the other. */
export function joined(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

/** NaN of nothing. */
export function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Whether errors are lower than a rival's on the same targets by more than chance: the mean of the
 * paired differences lies more than two standard errors below 0.
 */
export function beats(errors: Float64Array, rival: Float64Array): boolean {
  const differences = errors.map((error, i) => error - rival[i]!);
  const average = mean(differences);
  const variance = mean(differences.map((difference) => (difference - average) * (difference - average)));
  return average < -2 * Math.sqrt(variance / differences.length);
}
