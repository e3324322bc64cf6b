import { cos } from "../core/index.js";

/** Share of the updates in which the learning rate rises. */
const WARM_UP = 0.1;
const PI = Math.PI;

/**
 * What a learning rate is multiplied with: it rises to 1 over the first tenth of all updates, then falls along a cosine to 0
 * (Loshchilov and Hutter 2017).
 *
 * @param share of all updates that is done, 0 to 1
 */
export function warmUpCosine(share: number): number {
  if (share < WARM_UP) return share / WARM_UP;
  return 0.5 * (1 + cos((PI * (share - WARM_UP)) / (1 - WARM_UP)));
}
