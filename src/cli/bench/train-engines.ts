import { KernelNetwork, Network } from "../../cells/index.js";
import { Rng } from "../../core/index.js";
import { Adam, GuardedUpdate, squaredLoss, Tbptt } from "../../training/index.js";
import { localEngine, type TrainCase, type TrainEngine } from "./train-engine.js";
import { pytorchEngine } from "./train-pytorch.js";
import { tfjsEngine } from "./train-tfjs.js";

/** @returns a reason instead where it is not here */
export async function openTrainEngine(name: TrainEngine["name"]): Promise<TrainEngine | string> {
  switch (name) {
    case "kernel":
      return localEngine("kernel", kernelPass);
    case "pytorch":
      return pytorchEngine();
    case "tfjs":
      return tfjsEngine();
  }
}

function kernelPass({ cell, hidden, inputs, batch, steps }: TrainCase): () => void {
  const rng = new Rng(1);
  const shape = { cell, hidden, inputs, layers: 1, outputs: 1 };
  const network = KernelNetwork.from(new Network(shape).initialize(rng));
  const update = new GuardedUpdate(network, new Adam({ learningRate: 1e-3 }), 1);
  const bptt = new Tbptt(update, [steps, steps], squaredLoss);
  const random = (length: number) => Float64Array.from({ length }, () => rng.normal());
  const sequences = { batch, steps, input: random(batch * steps * inputs), target: random(batch * steps) };
  return () => bptt.learn(sequences);
}
