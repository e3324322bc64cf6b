import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MOST_TRIALS, search, searchSpace } from "../../src/runtime/search.js";
import type { TrainingJob, TrainingResult } from "../../src/training/index.js";
import { temporaryFolder } from "../support/temporary.js";

const JOB: TrainingJob = {
  seed: 1,
  cell: "gru",
  hidden: 32,
  layers: 1,
  members: 1,
  inputs: 1,
  targets: 1,
  horizons: [1],
  tbptt: [24, 24],
  sequences: [],
};

/** Errs on the validation part as the test says, by size and rate; tells its one network. */
function trainer(errors: (job: TrainingJob) => number) {
  const jobs: TrainingJob[] = [];
  return {
    jobs,
    train: async (
      job: TrainingJob,
      onProgress: (progress: {
        epoch: number;
        epochs: number;
        loss: number;
        validation: number;
        finished?: Uint8Array;
      }) => void,
    ) => {
      jobs.push(job);
      const network = errors(job);
      onProgress({ epoch: 3, epochs: 60, loss: 1, validation: network });
      const finished = Uint8Array.of(jobs.length);
      if (job.finished?.length === 0)
        onProgress({ epoch: 60, epochs: 60, loss: 1, validation: network, finished });
      const validation = { network, persistence: 1 };
      return { parameters: job.hidden, epochs: 3, validation } as TrainingResult;
    },
    tend: () => Promise.reject(new Error("nothing to tend")),
  };
}

describe("searchSpace()", () => {
  it("searchSpace() begins with the pipeline's own, and repeats nothing", () => {
    const all = searchSpace(32, 100);
    expect(all).toHaveLength(MOST_TRIALS);
    expect(all[0]).toEqual({ hidden: 32, learningRate: 4e-3 });
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(MOST_TRIALS);
    expect(searchSpace(32, 3).map(({ hidden }) => hidden)).toEqual([32, 64, 16]);
  });
});

describe("search()", () => {
  it("search() takes what errs least on the validation part, the first of equals", async () => {
    const seen: number[] = [];
    const own = trainer(({ hidden }) => (hidden === 16 ? 0.5 : hidden === 64 ? 0.5 : 0.7));
    const { best, trials } = await search(JOB, {
      trainer: own,
      search: 4,
      onProgress: ({ epoch, epochs }) => seen.push(epoch, epochs),
    });
    expect(best.hidden).toBe(64);
    expect(best.result.validation.network).toBe(0.5);
    expect(trials.map(({ hidden, learningRate, validation }) => [hidden, learningRate, validation])).toEqual([
      [32, 0.004, 0.7],
      [64, 0.004, 0.5],
      [16, 0.004, 0.5],
      [32, 0.002, 0.7],
    ]);
    expect(seen).toEqual([3, 240, 63, 240, 123, 240, 183, 240]);
  });

  it("search() trains the job as it is when nothing is to be tried", async () => {
    const own = trainer(() => Number.NaN);
    const { best, trials } = await search(JOB, { trainer: own });
    expect(own.jobs).toEqual([JOB]);
    expect(best.hidden).toBe(32);
    expect(trials).toEqual([
      { hidden: 32, learningRate: 0.004, parameters: 32, epochs: 3, validation: null },
    ]);
  });

  it("search() keeps what each trial has finished in a file of its own, until it is told to remove them", async () => {
    const folder = temporaryFolder();
    const unfinished = join(folder, "m.onnx.unfinished");
    await search(JOB, { trainer: trainer(() => 1), search: 3, unfinished });
    expect(readdirSync(folder)).toHaveLength(3);
    const again = trainer(() => 1);
    const told: unknown[] = [];
    const { remove } = await search(JOB, {
      trainer: again,
      search: 3,
      unfinished,
      onUnfinished: (found) => told.push(found),
    });
    expect(told).toEqual([{ networks: 3, of: 3 }]);
    expect(again.jobs.map(({ finished }) => finished)).toEqual([
      [Uint8Array.of(1)],
      [Uint8Array.of(2)],
      [Uint8Array.of(3)],
    ]);
    await search(
      { ...JOB, seed: 2 },
      {
        trainer: trainer(() => 1),
        unfinished,
        onUnfinished: (found) => told.push(found),
      },
    );
    expect(told.at(-1)).toBe("another");
    remove();
    expect(existsSync(unfinished)).toBe(false);
    expect(readdirSync(folder)).toHaveLength(0);
  });
});
