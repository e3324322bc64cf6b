import { backRow, dotRow } from "./dense.js";
import { type Allocate, allocate, type Parameter } from "./parameter.js";

/**
 * The readout: y = W h + b.
 *
 * Parameters: weight [O, H], bias [O].
 */
export class LinearHead {
  readonly weight: Parameter;
  readonly bias: Parameter;

  constructor(
    readonly hidden: number,
    readonly outputs: number,
    room: Allocate = allocate,
  ) {
    this.weight = room("weight", [outputs, hidden]);
    this.bias = room("bias", [outputs]);
  }

  /**
   * @param y [O], overwritten
   * @param h [H]
   */
  forward(y: Float64Array, h: Float64Array): void {
    for (let k = 0; k < this.outputs; k++) {
      y[k] = dotRow(this.weight.values, k * this.hidden, h) + this.bias.values[k]!;
    }
  }

  /**
   * Adds dL/dh and the gradients of the parameters.
   *
   * @param dH [H], added to
   * @param dY [O]
   * @param h  [H], as `forward` got it
   */
  backward(dH: Float64Array, dY: Float64Array, h: Float64Array): void {
    for (let k = 0; k < this.outputs; k++) {
      this.bias.gradient[k]! += dY[k]!;
      backRow(dH, this.weight.gradient, this.weight.values, k * this.hidden, h, dY[k]!);
    }
  }
}
