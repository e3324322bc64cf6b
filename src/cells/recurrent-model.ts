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
  /** True where `stepKeys` can step several keys in one run. */
  readonly canBatch?: boolean;
  /**
   * One event of each of B keys in one run: faster than one by one, and perhaps other in the last bits.
   *
   * @param outputs [B] arrays [O]
   * @param states  [B] arrays [S] of different keys, each advanced in place
   * @param inputs  [B] arrays [I]
   */
  stepKeys?(
    outputs: readonly Float64Array[],
    states: readonly Float64Array[],
    inputs: readonly Float64Array[],
  ): Promise<void>;
  /** Gives back what it holds (an inference session). */
  close?(): Promise<void>;
}
