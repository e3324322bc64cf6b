import { KernelNetwork, Network, type NetworkShape, type TrainableNetwork } from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";

export interface Learner {
  /** A network with first weights that depend on the seed alone. */
  create(shape: NetworkShape, seed: number): TrainableNetwork;
  /** Decimal digits of its numbers near 1, less a few. */
  readonly digits: number;
}

/** Who stands behind the port of networks that learn. */
export const learners: readonly (readonly [string, Learner])[] = [
  ["Network", { create: (shape, seed) => new Network(shape).initialize(new Rng(seed)), digits: 14 }],
  [
    "KernelNetwork",
    {
      create: (shape, seed) => KernelNetwork.from(new Network(shape).initialize(new Rng(seed))),
      digits: 6,
    },
  ],
];

export function weightsOf(network: TrainableNetwork): Float64Array {
  const weights = new Float64Array(network.weightCount);
  network.read("weights", weights);
  return weights;
}

export function gradientsOf(network: TrainableNetwork): Float64Array {
  const gradients = new Float64Array(network.weightCount);
  network.read("gradients", gradients);
  return gradients;
}
