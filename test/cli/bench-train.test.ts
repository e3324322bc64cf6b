import { describe, expect, it } from "vitest";
import { benchTrain, type TrainBenchResult } from "../../src/cli/bench/train.js";
import type { TrainEngine } from "../../src/cli/bench/train-engine.js";
import { openTrainEngine } from "../../src/cli/bench/train-engines.js";

/** An engine whose passes take what the list says, and which writes down when it was asked. */
function scripted(name: TrainEngine["name"], seconds: readonly number[], log: string[]): TrainEngine {
  let round = 0;
  return {
    name,
    async measure() {
      log.push(name);
      return seconds[round++] ?? NaN;
    },
    close() {},
  };
}

async function bench(engines: readonly TrainEngine[], rounds: number): Promise<TrainBenchResult[]> {
  const all: TrainBenchResult[] = [];
  await benchTrain({
    cells: ["gru"],
    hidden: [16],
    batches: [2],
    rounds,
    seconds: 0.001,
    engines,
    onResults: (results) => all.push(...results),
  });
  return all;
}

describe("benchTrain()", () => {
  it("benchTrain() asks engine after engine in every round, and reports medians and spreads", async () => {
    const log: string[] = [];
    const engines = [scripted("kernel", [0.5, 2, 1], log), scripted("pytorch", [4, 4, 8], log)];
    const [kernel, pytorch] = await bench(engines, 3);
    expect(log).toEqual(["kernel", "pytorch", "kernel", "pytorch", "kernel", "pytorch"]);
    // 2 sequences of 64 steps a pass.
    const common = { cell: "gru", hidden: 16, batch: 2, steps: 64 };
    expect(kernel).toMatchObject({ ...common, engine: "kernel", stepsPerSecond: 128, spread: 1.5 });
    expect(pytorch).toEqual({ ...common, engine: "pytorch", stepsPerSecond: 32, spread: 0.5 });
  });

  it("benchTrain() trains in the kernel, and says what share of the SIMD peak that is", async () => {
    const engine = await openTrainEngine("kernel");
    if (typeof engine === "string") throw new Error(engine);
    const [result] = await bench([engine], 1);
    engine.close();
    expect(result?.stepsPerSecond).toBeGreaterThan(0);
    expect(result?.peakShare).toBeGreaterThan(0);
  });
});
