/**
 * The port behind which a network steps, whoever computes it: the reference cells, the kernel, ONNX Runtime. A model is shared by all keys; the state belongs to the caller.
 *
 * Sizes: I inputs, O outputs, S state (all layers, hidden and cell states, flattened).
 */
export interface RecurrentModel {
  /** Name of the checkpoint, as it stands in predictions. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly stateSize: number;
  /** [S] at the start of a sequence; zeros if absent. */
  readonly initialState?: Float64Array;
  /**
   * (x, state) -> (output, state'): writes `output` [O] and advances `state` [S] in place.
   *
   * If any input or any new state or output is not finite, `state` is left as it was and `output` is
   * filled with NaN.
   *
   * @param output [O], owned by the caller
   * @param state  [S], owned by the caller; `initialState` at the start of a sequence
   * @param input  [I], unchanged
   */
  step(output: Float64Array, state: Float64Array, input: Float64Array): void | Promise<void>;
  /** Gives back what it holds (an inference session). */
  close?(): Promise<void>;
}
