import { affine, affineBackward } from "./dense.js";
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
    affine(y, this.weight.values, this.bias.values, h, this.hidden);
  }

  /**
   * Adds dL/dh and the gradients of the parameters.
   *
   * @param dH [H], added to
   * @param dY [O]
   * @param h  [H], as `forward` got it
   */
  backward(dH: Float64Array, dY: Float64Array, h: Float64Array): void {
    const { weight, bias } = this;
    affineBackward(dH, weight.gradient, bias.gradient, dY, weight.values, h, this.hidden);
  }
}
