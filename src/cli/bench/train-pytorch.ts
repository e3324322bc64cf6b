import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { packageFile } from "../package-folder.js";
import type { TrainEngine } from "./train-engine.js";

const SCRIPT = packageFile("test/bench/peers/train.py");

/** PyTorch, in a process of its own. @returns a reason instead where there is none */
export async function pytorchEngine(): Promise<TrainEngine | string> {
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
