import type { OptimizerStep } from "../cells/index.js";

/**
 * A rule by which weights move against their gradients. What it remembers of each weight stands beside the
 * network's weights; here stand the rule's numbers and how often it was applied.
 */
export interface Optimizer {
  learningRate: number;
  /** How many updates it has made; set it, with the network's moments, to go on where training ended. */
  updates: number;
  /** The next update; counts it. */
  next(): OptimizerStep;
}
