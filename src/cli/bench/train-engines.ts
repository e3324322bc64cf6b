import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type CellKind, KernelNetwork, Network } from "../../cells/index.js";
import { Rng } from "../../core/index.js";
import { Adam, GuardedUpdate, squaredLoss, Tbptt } from "../../training/index.js";

/** What is trained: I inputs, B sequences of T steps in every pass. */
export interface TrainCase {
  readonly cell: CellKind;
  readonly hidden: number;
  readonly inputs: number;
  readonly batch: number;
  readonly steps: number;
}

export const TRAIN_ENGINES = ["kernel", "pytorch"] as const;

/** Who trains, on one thread: a pass is BPTT over all steps, clipping by global norm 1, and Adam's update. */
export interface TrainEngine {
  readonly name: (typeof TRAIN_ENGINES)[number];
  /** Seconds of processor time that a pass takes, measured over about so many. */
  measure(which: TrainCase, seconds: number): Promise<number>;
  close(): void;
}

/** @returns a reason instead where it is not here */
export function openTrainEngine(name: TrainEngine["name"]): Promise<TrainEngine | string> {
  return name === "kernel" ? Promise.resolve(kernelEngine()) : pytorchEngine();
}

function kernelEngine(): TrainEngine {
  const made = new Map<string, () => void>();
  return {
    name: "kernel",
    async measure(which, seconds) {
      const key = JSON.stringify(which);
      let pass = made.get(key);
      if (pass === undefined) {
        pass = kernelPass(which);
        made.set(key, pass);
        timed(pass, 0.2 * seconds);
      }
      return timed(pass, seconds);
    },
    close: () => made.clear(),
  };
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

/** Passes between two looks at the clock, which costs time as well. */
const PASSES = 8;

/** Seconds of processor time a pass: what else runs on the machine hardly counts. */
export function timed(pass: () => void, seconds: number): number {
  const begun = process.cpuUsage();
  let passes = 0;
  let elapsed = 0;
  while (elapsed < 1e6 * seconds) {
    for (let i = 0; i < PASSES; i++) pass();
    passes += PASSES;
    const { user, system } = process.cpuUsage(begun);
    elapsed = user + system;
  }
  return elapsed / 1e6 / passes;
}

const SCRIPT = fileURLToPath(new URL("../../../test/bench/peers/train.py", import.meta.url));

/** In a process of its own. */
async function pytorchEngine(): Promise<TrainEngine | string> {
  if (!existsSync(SCRIPT)) return "its script is not part of this installation";
  const candidates = [process.env["EDDY_PYTHON"], "python3", "/usr/bin/python3"];
  const python = candidates.find(
    (command) => command && spawnSync(command, ["-c", "import torch"], { stdio: "ignore" }).status === 0,
  );
  if (python === undefined) return "no python3 here has torch (EDDY_PYTHON may name one)";
  // What is set for another library must not slow the peer.
  const { OPENBLAS_CORETYPE: _type, OPENBLAS_L2_SIZE: _size, ...environment } = process.env;
  const child = spawn(python, [SCRIPT], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...environment, OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("PyTorch's process has ended: what it said stands above");
    return JSON.parse(value) as { readonly seconds: number };
  };
  await answer();
  return {
    name: "pytorch",
    async measure(which, seconds) {
      child.stdin.write(`${JSON.stringify({ ...which, seconds })}\n`);
      return (await answer()).seconds;
    },
    close: () => child.kill(),
  };
}
