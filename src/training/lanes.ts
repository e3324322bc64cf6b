import type { SequenceBatch } from "./sequence-batch.js";

/** The first `steps` steps of a sequence, and what is wanted there. */
export interface LaneTargets {
  /** [T, O] */
  readonly wanted: Float64Array;
  /** [T] */
  readonly begins: Uint8Array;
  readonly steps: number;
}

/** The same with what is seen there. */
export interface LanePiece extends LaneTargets {
  /** [T, I] */
  readonly x: Float64Array;
}

/**
 * Lays all sequences end to end and cuts the whole into lanes of equal length, to be learned side by
 * side: B gradients are averaged in every update. A lane and each piece in it begin from zeros; the
 * last lane is filled up with steps at which nothing is wanted.
 *
 * @param lanes how many, B
 */
export function cutLanes(
  pieces: readonly LanePiece[],
  inputs: number,
  outputs: number,
  lanes: number,
): SequenceBatch {
  const cut = cutTargets(pieces, outputs, lanes);
  const input = new Float64Array(lanes * cut.steps * inputs);
  let at = 0;
  for (const { x, steps } of pieces) {
    input.set(x.subarray(0, steps * inputs), at * inputs);
    at += steps;
  }
  return { ...cut, input };
}

/** The lanes without their inputs. */
export function cutTargets(
  pieces: readonly LaneTargets[],
  outputs: number,
  lanes: number,
): Required<Omit<SequenceBatch, "input">> {
  const total = pieces.reduce((sum, piece) => sum + piece.steps, 0);
  const steps = Math.ceil(total / lanes);
  const target = new Float64Array(lanes * steps * outputs).fill(NaN);
  const begins = new Uint8Array(lanes * steps);
  let at = 0;
  for (const piece of pieces) {
    target.set(piece.wanted.subarray(0, piece.steps * outputs), at * outputs);
    begins.set(piece.begins.subarray(0, piece.steps), at);
    if (piece.steps > 0) begins[at] = 1;
    at += piece.steps;
  }
  for (let b = 0; b < lanes; b++) if (steps > 0) begins[b * steps] = 1;
  return { batch: lanes, steps, target, begins };
}
