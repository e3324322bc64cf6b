/**
 * The mean loss of a block of outputs and its derivative.
 *
 * A target that is NaN is not known: it counts neither in the mean nor in the gradient. With no known
 * target at all the loss is 0.
 *
 * @param gradient [N, O] dL/doutput, overwritten
 * @param output   [N, O]
 * @param target   [N, O]; for classes [N]
 * @returns the mean over all known targets
 */
export type Loss = (gradient: Float64Array, output: Float64Array, target: Float64Array) => number;

/** One output's loss, and its derivative, as functions of the error e = output - target. */
function meanOf(loss: (error: number) => number, slope: (error: number) => number): Loss {
  return (gradient, output, target) => {
    let known = 0;
    for (let i = 0; i < target.length; i++) if (!Number.isNaN(target[i])) known++;
    let sum = 0;
    for (let i = 0; i < target.length; i++) {
      const error = output[i]! - target[i]!;
      const isKnown = !Number.isNaN(target[i]);
      gradient[i] = isKnown ? slope(error) / known : 0;
      if (isKnown) sum += loss(error);
    }
    return known === 0 ? 0 : sum / known;
  };
}

/** e^2 */
export const squaredLoss: Loss = meanOf(
  (e) => e * e,
  (e) => 2 * e,
);

/** |e|; the slope at 0 is 0. */
export const absoluteLoss: Loss = meanOf(
  (e) => Math.abs(e),
  (e) => Math.sign(e),
);

/** Huber (1964): e^2 / 2 within delta, beyond it delta (|e| - delta / 2). Outliers pull no harder than delta. */
export function huberLoss(delta = 1): Loss {
  return meanOf(
    (e) => (Math.abs(e) <= delta ? 0.5 * e * e : delta * (Math.abs(e) - 0.5 * delta)),
    (e) => (Math.abs(e) <= delta ? e : delta * Math.sign(e)),
  );
}
