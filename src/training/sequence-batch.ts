import type { Floats } from "../cells/index.js";
import type { InputRows } from "./input-rows.js";

/** Sequences that run side by side, B of T steps each; inputs as an array, or as `InputRows` of B T steps. */
export interface SequenceBatch<Inputs = Float64Array> {
  readonly batch: number;
  readonly steps: number;
  /** [B, T, I] */
  readonly input: Inputs;
  /** [B, T, O], or [B, T] of classes; NaN where unknown */
  readonly target: Float64Array;
  /** [B, T] 1 where the state is reset before the step; default nowhere */
  readonly begins?: Uint8Array;
}

/**
 * Steps [from, to) of every sequence.
 *
 * @param cut    [B, to - from, W], overwritten
 * @param source [B, steps, W]
 */
export function cutSteps(
  cut: Floats | Uint8Array,
  source: Floats | Uint8Array,
  steps: number,
  batch: number,
  from: number,
  to: number,
): void {
  const row = source.length / batch;
  const width = row / steps;
  for (let b = 0; b < batch; b++) {
    cut.set(source.subarray(b * row + from * width, b * row + to * width), b * (to - from) * width);
  }
}

/**
 * The same of inputs.
 *
 * @param cut [B, to - from, I], overwritten
 */
export function cutInputs(
  cut: Floats,
  source: Float64Array | InputRows,
  steps: number,
  batch: number,
  from: number,
  to: number,
): void {
  if (source instanceof Float64Array) {
    cutSteps(cut, source, steps, batch, from, to);
    return;
  }
  const row = (to - from) * source.width;
  for (let b = 0; b < batch; b++) source.write(cut, b * row, b * steps + from, b * steps + to);
}
