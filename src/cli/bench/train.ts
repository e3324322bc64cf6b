import type { CellKind } from "../../cells/index.js";
import { Kernel } from "../../kernel/index.js";
import { type TrainCase, type TrainEngine, timed } from "./train-engine.js";

export interface TrainBenchOptions {
  readonly cells: readonly CellKind[];
  readonly hidden: readonly number[];
  readonly batches: readonly number[];
  readonly rounds: number;
  /** Of every measurement. */
  readonly seconds: number;
  readonly engines: readonly TrainEngine[];
  readonly onResults: (results: readonly TrainBenchResult[]) => void;
}

/** As DESIGN names it for machines. */
export interface TrainBenchResult {
  readonly cell: CellKind;
  readonly hidden: number;
  readonly batch: number;
  readonly steps: number;
  readonly engine: TrainEngine["name"];
  /** Time steps, B T a pass; median of the rounds. */
  readonly stepsPerSecond: number;
  /** (max - min) / median */
  readonly spread: number;
  /** Of the SIMD peak measured in the same rounds; the kernel's. */
  readonly peakShare?: number;
}

const INPUTS = 8;
const STEPS = 64;
const GATES = { rnn: 1, gru: 3, lstm: 4 } as const;

/**
 * Training, engine after engine in every round, so that what disturbs the machine disturbs all. Processor time
 * is what counts, and rates are medians.
 */
export async function benchTrain(options: TrainBenchOptions): Promise<void> {
  const { cells, hidden: sizes, batches } = options;
  for (const cell of cells) {
    for (const hidden of sizes) {
      for (const batch of batches) {
        const which = { cell, hidden, batch, inputs: INPUTS, steps: STEPS };
        options.onResults(await measure(which, options));
      }
    }
  }
}

async function measure(which: TrainCase, options: TrainBenchOptions): Promise<TrainBenchResult[]> {
  const { engines, rounds, seconds } = options;
  const rates = engines.map((): number[] => []);
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round++) {
    peaks.push(simdPeak(seconds / 10));
    for (const [i, engine] of engines.entries()) {
      rates[i]!.push((which.batch * which.steps) / (await engine.measure(which, seconds)));
    }
  }
  const { inputs: _, ...shown } = which;
  return engines.map(({ name }, i): TrainBenchResult => {
    const all = rates[i]!;
    const stepsPerSecond = Math.round(median(all));
    const spread = rounded((Math.max(...all) - Math.min(...all)) / stepsPerSecond);
    if (name !== "kernel") return { ...shown, engine: name, stepsPerSecond, spread };
    const peakShare = rounded(median(all.map((rate, round) => (rate * operations(which)) / peaks[round]!)));
    return { ...shown, engine: name, stepsPerSecond, spread, peakShare };
  });
}

/** Multiplications and additions of matrices that one time step needs: forward, dL/dh, dL/dW. */
function operations({ cell, hidden: H, inputs: I }: TrainCase): number {
  const rows = GATES[cell] * H;
  return 2 * rows * (2 * (I + H) + H) + 6 * H;
}

/** Operations a second of float32 by SIMD, on one core. */
function simdPeak(seconds: number): number {
  const kernel = new Kernel();
  const iterations = 10_000;
  return (96 * iterations) / timed(() => kernel.exports.multiplyAdd(iterations, 0.5, 1), seconds);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
