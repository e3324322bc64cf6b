import type { Cell } from "./cell.js";

/** One cell's part in one time step of one sequence: views into a trace's buffers. */
export interface Frame {
  /** [S] state before the step */
  readonly before: Float64Array;
  /** [S] state after it */
  readonly after: Float64Array;
  /** [H] the first H elements of `after`: what the layer above and the head see */
  readonly h: Float64Array;
  /** [K] */
  readonly kept: Float64Array;
}

/**
 * What a forward pass over [B, T] leaves behind for the way back, allocated once and used again.
 *
 * Per layer: states before and after each step, [B, T, S] each (what follows a new beginning differs
 * from what went before it), and kept [B, T, K].
 */
export class Trace {
  readonly batch: number;
  readonly steps: number;
  /** [B, T] 1 where the step started from zeros instead of the state before it. */
  readonly begins: Uint8Array;
  readonly #frames: readonly (readonly Frame[])[];

  /** @param cells the network's, from the lowest */
  constructor(cells: readonly Cell[], batch: number, steps: number) {
    this.batch = batch;
    this.steps = steps;
    this.begins = new Uint8Array(batch * steps);
    this.#frames = cells.map((cell) => {
      const S = cell.stateSize;
      const K = cell.keptSize;
      const before = new Float64Array(batch * steps * S);
      const after = new Float64Array(batch * steps * S);
      const kept = new Float64Array(batch * steps * K);
      return Array.from({ length: batch * steps }, (_, index) => ({
        before: before.subarray(index * S, (index + 1) * S),
        after: after.subarray(index * S, (index + 1) * S),
        h: after.subarray(index * S, index * S + cell.hidden),
        kept: kept.subarray(index * K, (index + 1) * K),
      }));
    });
  }

  /** @param index b T + t */
  frame(layer: number, index: number): Frame {
    return this.#frames[layer]![index]!;
  }

  /**
   * Writes the states of all layers before step t (t = T: after the last).
   *
   * @param states [B, S], S over all layers
   */
  statesBefore(states: Float64Array, t: number): void {
    let at = 0;
    for (let b = 0; b < this.batch; b++) {
      for (const frames of this.#frames) {
        const state =
          t < this.steps ? frames[b * this.steps + t]!.before : frames[(b + 1) * this.steps - 1]!.after;
        states.set(state, at);
        at += state.length;
      }
    }
  }
}
