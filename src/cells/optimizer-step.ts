/**
 * One update of all weights, given their gradients g. The formulas are PyTorch's; `decay` is weight decay
 * that is added to the gradient:
 *
 *     g += decay w
 *
 * `sgd`:     m = momentum m + g;   w -= rate m
 *
 * `rms-prop` (Tieleman and Hinton 2012):
 *
 *     v = alpha v + (1 - alpha) g^2
 *     m = momentum m + g / (sqrt(v) + epsilon);   w -= rate m
 *
 * `adam` (Kingma and Ba 2015):
 *
 *     m = beta1 m + (1 - beta1) g;   v = beta2 v + (1 - beta2) g^2
 *     w = kept w - rate m / (sqrt(v) unbias + epsilon)
 *
 * m and v are the first and second moments, which the network keeps beside its weights.
 */
export type OptimizerStep =
  | {
      readonly rule: "sgd";
      readonly rate: number;
      readonly momentum: number;
      readonly decay: number;
    }
  | {
      readonly rule: "rms-prop";
      readonly rate: number;
      readonly alpha: number;
      readonly epsilon: number;
      readonly momentum: number;
      readonly decay: number;
    }
  | {
      readonly rule: "adam";
      /** The learning rate over 1 - beta1^t. */
      readonly rate: number;
      readonly beta1: number;
      readonly beta2: number;
      /** 1 / sqrt(1 - beta2^t) */
      readonly unbias: number;
      readonly epsilon: number;
      readonly decay: number;
      /** 1 less the decoupled weight decay of AdamW. */
      readonly kept: number;
    };

/**
 * The update in float64.
 *
 * @param weights, m, v [N], changed in place
 * @param gradients     [N], unchanged; each counts `scale` times
 */
export function takeStep(
  step: OptimizerStep,
  weights: Float64Array,
  gradients: Float64Array,
  m: Float64Array,
  v: Float64Array,
  scale: number,
): void {
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i]!;
    const g = scale * gradients[i]! + step.decay * w;
    switch (step.rule) {
      case "sgd":
        m[i] = step.momentum * m[i]! + g;
        weights[i] = w - step.rate * m[i]!;
        break;
      case "rms-prop":
        v[i] = step.alpha * v[i]! + (1 - step.alpha) * g * g;
        m[i] = step.momentum * m[i]! + g / (Math.sqrt(v[i]!) + step.epsilon);
        weights[i] = w - step.rate * m[i]!;
        break;
      case "adam":
        m[i] = step.beta1 * m[i]! + (1 - step.beta1) * g;
        v[i] = step.beta2 * v[i]! + (1 - step.beta2) * g * g;
        weights[i] = step.kept * w - (step.rate * m[i]!) / (Math.sqrt(v[i]!) * step.unbias + step.epsilon);
        break;
    }
  }
}
