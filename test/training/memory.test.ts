import { describe, expect, it } from "vitest";
import { type CellKind, KernelNetwork, Network } from "../../src/cells/index.js";
import { Rng, sin } from "../../src/core/index.js";
import {
  Adam,
  crossEntropyLoss,
  GuardedUpdate,
  type Loss,
  type SequenceBatch,
  squaredLoss,
  Tbptt,
} from "../../src/training/index.js";

/* What recurrent networks are known to be able and unable to remember, learned in the kernel. */

const BATCH = 16;

interface Task {
  readonly inputs: number;
  readonly outputs: number;
  readonly loss: Loss;
  readonly make: (rng: Rng) => SequenceBatch;
}

/** Learns from fresh sequences, and returns the mean loss of the last hundred updates, before each. */
function learn(task: Task, cell: CellKind, hidden: number, learningRate: number, updates: number): number {
  const { inputs, outputs, loss, make } = task;
  const rng = new Rng(7);
  const network = new Network({ cell, hidden, layers: 1, inputs, outputs }).initialize(new Rng(1));
  const update = new GuardedUpdate(KernelNetwork.from(network), new Adam({ learningRate }), 1);
  const { steps } = make(rng);
  const bptt = new Tbptt(update, [steps, steps], loss);
  let sum = 0;
  for (let u = updates; u > 0; u--) {
    bptt.learn(make(rng), (report) => {
      if (u <= 100) sum += report.loss;
    });
  }
  return sum / 100;
}

/**
 * The adding problem (Hochreiter and Schmidhuber 1997): a hundred numbers in [0, 1], two of them marked; at
 * the end their sum is wanted. Its variance is 1/6: that is what whoever remembers nothing is off by.
 */
const adding: Task = {
  inputs: 2,
  outputs: 1,
  loss: squaredLoss,
  make: (rng) => {
    const steps = 100;
    const input = new Float64Array(BATCH * steps * 2);
    const target = new Float64Array(BATCH * steps).fill(NaN);
    for (let b = 0; b < BATCH; b++) {
      const marked = [rng.integer(steps / 2), steps / 2 + rng.integer(steps / 2)];
      let sum = 0;
      for (let t = 0; t < steps; t++) {
        const at = 2 * (b * steps + t);
        const value = rng.uniform();
        input[at] = value;
        if (!marked.includes(t)) continue;
        input[at + 1] = 1;
        sum += value;
      }
      target[(b + 1) * steps - 1] = sum;
    }
    return { batch: BATCH, steps, input, target };
  },
};

/** Copy memory: five symbols of four, ten blanks, then the symbols are wanted in order; chance is ln 4. */
const copying: Task = {
  inputs: 6,
  outputs: 4,
  loss: crossEntropyLoss,
  make: (rng) => {
    const symbols = 5;
    const blanks = 10;
    const steps = 2 * symbols + blanks;
    const input = new Float64Array(BATCH * steps * 6);
    const target = new Float64Array(BATCH * steps).fill(NaN);
    for (let b = 0; b < BATCH; b++) {
      for (let t = 0; t < steps; t++) {
        const symbol = t < symbols ? rng.integer(4) : t === symbols + blanks - 1 ? 5 : 4;
        input[(b * steps + t) * 6 + symbol] = 1;
        if (t < symbols) target[b * steps + symbols + blanks + t] = symbol;
      }
    }
    return { batch: BATCH, steps, input, target };
  },
};

describe("memory", () => {
  it.each([
    ["gru", 4e-3, 1400],
    ["lstm", 1e-2, 1200],
  ] as const)("a %s solves the adding problem over 100 steps", (cell, rate, updates) => {
    expect(learn(adding, cell, 32, rate, updates)).toBeLessThan(0.02);
  });

  it("a tanh rnn cannot: it stays near 1/6", () => {
    expect(learn(adding, "rnn", 32, 4e-3, 1400)).toBeGreaterThan(0.12);
  });

  it.each([
    ["rnn", 5e-3, 500],
    ["gru", 1e-2, 1000],
    ["lstm", 1e-2, 1500],
  ] as const)("a %s copies five symbols over ten blanks", (cell, rate, updates) => {
    expect(learn(copying, cell, 48, rate, updates)).toBeLessThan(0.25);
  });

  it.each(["rnn", "gru", "lstm"] as const)("a %s follows a sine whose frequency changes, online", (cell) => {
    const steps = 6000;
    const half = steps / 2;
    const value = (t: number) => sin((6.283185307179586 * t) / (t < half ? 25 : 40) + (t < half ? 0 : 0.4));
    const input = Float64Array.from({ length: steps }, (_, t) => value(t));
    const target = Float64Array.from(input, (_, t) => input[t + 1] ?? NaN);
    const network = new Network({ cell, hidden: 16, layers: 1, inputs: 1, outputs: 1 }).initialize(
      new Rng(2),
    );
    const update = new GuardedUpdate(KernelNetwork.from(network), new Adam({ learningRate: 5e-3 }), 1);
    const losses: number[] = [];
    const k1 = 10;
    new Tbptt(update, [k1, 40], squaredLoss).learn({ batch: 1, steps, input, target }, ({ loss }) =>
      losses.push(loss),
    );
    const mean = (from: number, to: number) => {
      const some = losses.slice(from / k1, to / k1);
      return some.reduce((sum, loss) => sum + loss, 0) / some.length;
    };
    const before = mean(half - 500, half);
    const at = mean(half, half + 100);
    const after = mean(steps - 500, steps);
    expect(before).toBeLessThan(1e-3);
    expect(at).toBeGreaterThan(2 * before);
    expect(after).toBeLessThan(1e-3);
  });
});
