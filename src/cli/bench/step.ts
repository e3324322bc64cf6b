import type { CellKind, CellWeights } from "../../cells/index.js";
import { Rng } from "../../core/index.js";
import { openStepper, type StepEngine, type Stepper } from "./steppers.js";

export interface StepBenchOptions {
  readonly cells: readonly CellKind[];
  readonly hidden: readonly number[];
  readonly inputs: number;
  readonly batches: readonly number[];
  readonly engines: readonly StepEngine[];
  readonly rounds: number;
  /** Of one engine in one round, milliseconds. */
  readonly roundMs: number;
  readonly onResult: (result: StepBenchResult) => void;
  readonly onMissing: (engine: StepEngine) => void;
}

/** As DESIGN names it for machines. */
export interface StepBenchResult {
  readonly cell: CellKind;
  readonly hidden: number;
  readonly inputs: number;
  readonly batch: number;
  readonly engine: StepEngine;
  /** Of one event of one key: the median round. */
  readonly microseconds: number;
  /** (max - min) / median */
  readonly spread: number;
}

const GATES: Readonly<Record<CellKind, number>> = { rnn: 1, gru: 3, lstm: 4 };

/**
 * What a step of a cell costs in each engine. In every round all engines run one after the other, so that
 * whatever else the machine does falls on all of them; ratios are those of one run.
 */
export async function benchStep(options: StepBenchOptions): Promise<void> {
  const { inputs, rounds, roundMs } = options;
  const cases = options.cells.flatMap((cell) =>
    options.hidden.flatMap((hidden) => options.batches.map((batch) => ({ cell, hidden, batch }))),
  );
  const missing = new Set<StepEngine>();
  for (const [n, { cell, hidden, batch }] of cases.entries()) {
    const spec = { cell, inputs, hidden, weights: randomWeights(cell, inputs, hidden) };
    const steppers: Stepper[] = [];
    for (const engine of options.engines) {
      if (missing.has(engine)) continue;
      const stepper = await openStepper(engine, spec, batch);
      if (stepper !== undefined) steppers.push(stepper);
      else {
        missing.add(engine);
        options.onMissing(engine);
      }
    }
    const times = await measure(steppers, rounds, roundMs, n === 0 ? FIRST_WARM_UP : WARM_UP);
    for (const [i, { engine, close }] of steppers.entries()) {
      await close();
      const sorted = times[i]!.toSorted((a, b) => a - b);
      const median = sorted[Math.floor(sorted.length / 2)]!;
      const microseconds = round(median / batch, 4);
      const spread = round((sorted.at(-1)! - sorted[0]!) / median, 3);
      options.onResult({ cell, hidden, inputs, batch, engine, microseconds, spread });
    }
  }
}

/**
 * How many rounds' time an engine runs before it is measured: WebAssembly is compiled while it runs, and ONNX
 * Runtime's 14 MB of it take a while.
 */
const FIRST_WARM_UP = 75;
const WARM_UP = 5;

/** Microseconds a step, per stepper and round. */
async function measure(
  steppers: readonly Stepper[],
  rounds: number,
  roundMs: number,
  warmUp: number,
): Promise<number[][]> {
  const times = steppers.map((): number[] => []);
  const counts: number[] = [];
  for (const stepper of steppers) {
    const begun = performance.now();
    let count = 1;
    let each = 0;
    while (performance.now() - begun < warmUp * roundMs) {
      const from = performance.now();
      await stepper.steps(count);
      each = (performance.now() - from) / count;
      if (each * count < roundMs) count *= 2;
    }
    counts.push(Math.max(1, Math.round(roundMs / Math.max(each, 1e-4))));
  }
  for (let n = 0; n < rounds; n++) {
    for (const [i, stepper] of steppers.entries()) {
      const begun = performance.now();
      await stepper.steps(counts[i]!);
      times[i]!.push(((performance.now() - begun) * 1000) / counts[i]!);
    }
  }
  return times;
}

function randomWeights(cell: CellKind, I: number, H: number): CellWeights {
  const rng = new Rng(1);
  const rows = GATES[cell] * H;
  const draw = (size: number) =>
    Float32Array.from({ length: size }, () => (2 * rng.uniform() - 1) / Math.sqrt(H));
  return { weightIh: draw(rows * I), weightHh: draw(rows * H), biasIh: draw(rows), biasHh: draw(rows) };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
