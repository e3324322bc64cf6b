import type { Network } from "../cells/index.js";
import type { TrainingSequence } from "./training-job.js";

/** A sequence with what is wanted in its later part. */
export interface ValidationPiece {
  readonly sequence: TrainingSequence;
  /** [T, O], NaN where unknown or not to be judged */
  readonly wanted: Float64Array;
}

/**
 * Absolute errors of a network, in units of scale, at every known target: the state is carried through
 * from the beginning of each sequence. Persistence, which wants no network, errs by |wanted|.
 *
 * @param network undefined: persistence
 * @returns one error per known target, in order; NaN where the network overflowed
 */
export function absoluteErrors(
  network: Network | undefined,
  pieces: readonly ValidationPiece[],
): Float64Array {
  const errors: number[] = [];
  for (const { sequence, wanted } of pieces) {
    const T = sequence.begins.length;
    const O = wanted.length / T;
    const I = sequence.x.length / T;
    const output = new Float64Array(O);
    const state = new Float64Array(network?.stateSize ?? 0);
    for (let t = 0; t < T; t++) {
      if (sequence.begins[t] === 1) state.fill(0);
      network?.step(output, state, sequence.x.subarray(t * I, (t + 1) * I));
      for (let k = 0; k < O; k++) {
        const known = wanted[t * O + k]!;
        if (!Number.isNaN(known)) errors.push(Math.abs(output[k]! - known));
      }
    }
  }
  return Float64Array.from(errors);
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
