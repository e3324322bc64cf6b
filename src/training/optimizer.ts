/** Moves weights against their gradients. One optimizer belongs to one array of weights: it remembers. */
export interface Optimizer {
  learningRate: number;
  /**
   * @param weights   [N], changed in place
   * @param gradients [N], unchanged
   */
  step(weights: Float64Array, gradients: Float64Array): void;
}
