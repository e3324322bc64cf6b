import { KernelNetwork, Network, networkFromBytes, networkToBytes } from "../cells/index.js";
import type { ByteReader, ByteWriter } from "../core/index.js";
import { AdamW } from "./adam.js";
import { GuardedUpdate, type OptimizerState } from "./guarded-update.js";
import { WeightAverage } from "./weight-average.js";

/** A network that goes on learning: its weights, their average, which is what would serve, and what the optimizer remembers. */
export interface Trainee {
  readonly network: Network;
  /** [N] */
  readonly average: Float64Array;
  readonly optimizer: OptimizerState;
}

/** A network as it begins to learn on. */
export function beginTrainee(network: Network): Trainee {
  const { length } = network.weights;
  return {
    network,
    average: network.weights.slice(),
    optimizer: {
      updates: 0,
      firstMoment: new Float64Array(length),
      secondMoment: new Float64Array(length),
    },
  };
}

/** The network that would serve: the average of the weights. */
export function averagedNetwork({ network, average }: Trainee): Network {
  const result = new Network(network.shape, network.name);
  result.weights.set(Float32Array.from(average));
  return result;
}

/** Updates after which an average has its whole decay. */
const LONG_SINCE = 1e6;

/** A trainee at work in the kernel. */
export class TraineeAtWork {
  readonly kernel: KernelNetwork;
  readonly update: GuardedUpdate;
  readonly #average: WeightAverage;
  /** [N] */
  readonly #weights: Float64Array;

  constructor(
    readonly trainee: Trainee,
    options: { readonly learningRate: number; readonly weightDecay: number; readonly clipNorm: number },
    averageDecay: number,
  ) {
    this.kernel = KernelNetwork.from(trainee.network);
    this.update = new GuardedUpdate(this.kernel, new AdamW(options), options.clipNorm);
    this.update.restore(trainee.optimizer);
    this.#average = new WeightAverage(trainee.average, averageDecay, LONG_SINCE);
    this.#weights = new Float64Array(this.kernel.weightCount);
  }

  /** Takes the weights, after an update, into the average. */
  average(): void {
    this.kernel.read("weights", this.#weights);
    this.#average.add(this.#weights);
  }

  /** As it stands. */
  finish(): Trainee {
    const { shape, name } = this.trainee.network;
    const network = new Network(shape, name);
    this.kernel.read("weights", network.weights);
    return { network, average: this.#average.values, optimizer: this.update.save() };
  }
}

export function writeTrainee({ network, average, optimizer }: Trainee, to: ByteWriter): void {
  to.bytes(networkToBytes(network)).f64s(average);
  to.f64(optimizer.updates).f64s(optimizer.firstMoment).f64s(optimizer.secondMoment);
}

export function readTrainee(from: ByteReader, name: string): Trainee {
  return {
    network: networkFromBytes(from.bytes(), name),
    average: from.f64s(),
    optimizer: { updates: from.f64(), firstMoment: from.f64s(), secondMoment: from.f64s() },
  };
}
