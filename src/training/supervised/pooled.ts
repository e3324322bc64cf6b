import type { Pool } from "./supervised-job.js";

/**
 * [O] The output at a sequence's end: the last step's, or the mean of all. The mean of the outputs is the head's of the mean
 * hidden state, since the head is affine.
 */
export function pooled(outputs: Float64Array, pool: Pool, O: number): Float64Array {
  const T = outputs.length / O;
  const result = outputs.slice((T - 1) * O);
  if (pool === "last") return result;
  for (let i = 0; i < (T - 1) * O; i++) result[i % O]! += outputs[i]!;
  return result.map((sum) => sum / T);
}

/**
 * Hands the gradient of a pooled output back to the steps that it came from.
 *
 * @param gradient [T, O], overwritten
 * @param own      [O] dL/dpooled
 */
export function unpool(gradient: Float64Array, own: Float64Array, pool: Pool): void {
  const O = own.length;
  const T = gradient.length / O;
  gradient.fill(0);
  if (pool === "last") gradient.set(own, (T - 1) * O);
  else for (let i = 0; i < gradient.length; i++) gradient[i] = own[i % O]! / T;
}
