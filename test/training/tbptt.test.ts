import { describe, expect, it } from "vitest";
import {
  type CellKind,
  KernelNetwork,
  Network,
  type NetworkShape,
  type TrainableNetwork,
} from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import {
  Adam,
  GuardedUpdate,
  type Optimizer,
  type SequenceBatch,
  Sgd,
  squaredLoss,
  Tbptt,
} from "../../src/training/index.js";
import { gradientsOf, learners, weightsOf } from "./learners.js";

const B = 2;
const T = 12;

function sequences(begins?: Uint8Array): SequenceBatch {
  const rng = new Rng(6);
  const random = (length: number) => Float64Array.from({ length }, () => rng.normal());
  const batch = { batch: B, steps: T, input: random(B * T * 2), target: random(B * T * 3) };
  return begins === undefined ? batch : { ...batch, begins };
}

const shapeOf = (cell: CellKind): NetworkShape => ({ cell, inputs: 2, hidden: 4, layers: 2, outputs: 3 });

/** A schedule's reports and gradients; by default the weights stand still. */
function learn(
  on: TrainableNetwork,
  schedule: [number, number],
  data: SequenceBatch,
  optimizer: Optimizer = new Sgd({ learningRate: 0 }),
) {
  const update = new GuardedUpdate(on, optimizer, 1e9);
  const updates: { step: number; loss: number; gradient: Float64Array }[] = [];
  new Tbptt(update, schedule, squaredLoss).learn(data, ({ loss }, step) => {
    updates.push({ step, loss, gradient: gradientsOf(on) });
  });
  return updates;
}

/** Back-propagation through all time of the loss of steps [from, T). */
function bptt(on: TrainableNetwork, data: SequenceBatch, from = 0) {
  const window = on.window(B, T);
  window.input.set(data.input);
  if (data.begins !== undefined) window.begins.set(data.begins);
  window.forward();
  const output = Float64Array.from(window.output);
  const target = data.target.map((value, i) => (Math.floor(i / 3) % T < from ? NaN : value));
  const gradient = new Float64Array(output.length);
  const loss = squaredLoss(gradient, output, target);
  on.clearGradients();
  window.dOutput.set(gradient);
  window.backward();
  return { loss, gradient: gradientsOf(on) };
}

describe.each(learners)("Tbptt of a %s", (_, { create }) => {
  const network = (cell: CellKind = "gru") => create(shapeOf(cell), 7);

  it.each(["rnn", "gru", "lstm"] as const)("Tbptt(T, T) equals BPTT, %s", (cell) => {
    const data = sequences();
    const [update, ...more] = learn(network(cell), [T, T], data);
    expect(more).toEqual([]);
    expect(update).toEqual({ step: T, ...bptt(network(cell), data) });
  });

  it("Tbptt(k1, T) back-propagates the newest k1 steps through all time", () => {
    const data = sequences();
    const last = learn(network(), [4, T], data).at(-1);
    const expected = bptt(network(), data, 8);
    expect(last?.loss).toBe(expected.loss);
    expect(last?.gradient).toEqual(expected.gradient);
  });

  it("Tbptt(k1, k2) stops the gradient k2 steps back but not the state", () => {
    const data = sequences();
    const short = learn(network(), [4, 4], data).at(-1);
    const long = learn(network(), [4, T], data).at(-1);
    expect(short?.loss).toBe(long?.loss);
    expect(short?.gradient).not.toEqual(long?.gradient);
  });

  it("Tbptt.learn() makes a last update of the steps that are left", () => {
    expect(learn(network(), [5, 7], sequences()).map(({ step }) => step)).toEqual([5, 10, 12]);
  });

  it("Tbptt.learn() lets neither state nor gradient cross a beginning", () => {
    const begins = new Uint8Array(B * T);
    begins[8] = begins[T + 8] = 1;
    const whole = learn(network(), [4, T], sequences(begins)).at(-1);
    const cut = learn(network(), [4, 4], sequences(begins)).at(-1);
    expect(whole).toEqual(cut);
  });

  it("Tbptt.learn() lowers the loss", () => {
    const on = network();
    const sgd = new Sgd({ learningRate: 0.1 });
    const losses = Array.from({ length: 40 }, () => learn(on, [4, 8], sequences(), sgd).at(-1)?.loss ?? NaN);
    expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] ?? NaN));
  });

  it("Tbptt.learn() learns the same with nobody watching", () => {
    const [watched, alone] = [network(), network()];
    learn(watched, [4, 8], sequences(), new Sgd({ learningRate: 0.1 }));
    const update = new GuardedUpdate(alone, new Sgd({ learningRate: 0.1 }), 1e9);
    new Tbptt(update, [4, 8], squaredLoss).learn(sequences());
    expect(weightsOf(alone)).toEqual(weightsOf(watched));
    expect(weightsOf(alone)).not.toEqual(weightsOf(network()));
  });

  it("weights and optimizer saved, restored and continued are bit-identical", () => {
    const whole = network("lstm");
    const data = sequences();
    const adam = new Adam({ learningRate: 0.01 });
    learn(whole, [4, 8], data, adam);
    const weights = weightsOf(whole);
    const saved = new GuardedUpdate(whole, adam, 1).save();
    const expected = learn(whole, [4, 8], data, adam);

    const again = create(shapeOf("lstm"), 8);
    again.write("weights", weights);
    const fresh = new Adam({ learningRate: 0.01 });
    new GuardedUpdate(again, fresh, 1).restore(saved);
    expect(learn(again, [4, 8], data, fresh)).toEqual(expected);
    expect(weightsOf(again)).toEqual(weightsOf(whole));
  });

  it("Tbptt.learn() shows a bidirectional network whole sequences, and refuses parts", () => {
    const on = create({ ...shapeOf("gru"), bidirectional: true }, 7);
    const data = sequences();
    const [update] = learn(on, [T, T], data);
    expect(update).toEqual({ step: T, ...bptt(on, data) });
    expect(() => learn(on, [4, 8], data)).toThrow(expect.objectContaining({ code: "WHOLE_SEQUENCES_ONLY" }));
  });

  it.each([-0.1, 1, NaN])("Tbptt refuses dropout at a rate of %d", (rate) => {
    const update = new GuardedUpdate(network(), new Sgd({ learningRate: 0 }), 1);
    const dropout = { rate, rng: new Rng(1) };
    expect(() => new Tbptt(update, [4, 4], squaredLoss, dropout)).toThrow(
      expect.objectContaining({ code: "DROPOUT_RATE" }),
    );
  });

  it.each([
    [0, 4],
    [8, 4],
    [1.5, 4],
    [4, NaN],
  ])("Tbptt refuses the schedule (%d, %d)", (k1, k2) => {
    expect(() => learn(network(), [k1, k2], sequences())).toThrow(
      expect.objectContaining({ code: "TBPTT_SCHEDULE", message: expect.stringContaining(`(${k1}, ${k2})`) }),
    );
  });
});

describe("Tbptt with dropout", () => {
  const run = (seed: number, rate: number) => {
    const on = KernelNetwork.from(new Network(shapeOf("gru")).initialize(new Rng(7)));
    const update = new GuardedUpdate(on, new Sgd({ learningRate: 0.1 }), 1e9);
    new Tbptt(update, [4, 8], squaredLoss, { rate, rng: new Rng(seed) }).learn(sequences());
    return weightsOf(on);
  };

  it("Tbptt.learn() drops elements between layers: the same ones for the same seed", () => {
    expect(run(1, 0.5)).toEqual(run(1, 0.5));
    expect(run(1, 0.5)).not.toEqual(run(2, 0.5));
    expect(run(1, 0)).toEqual(run(2, 0));
  });

  it("Tbptt.learn() refuses dropout in the reference, which has none", () => {
    const reference = new Network(shapeOf("gru")).initialize(new Rng(7));
    const update = new GuardedUpdate(reference, new Sgd({ learningRate: 0.1 }), 1e9);
    const tbptt = new Tbptt(update, [4, 8], squaredLoss, { rate: 0.5, rng: new Rng(1) });
    expect(() => tbptt.learn(sequences())).toThrow(expect.objectContaining({ code: "NO_DROPOUT" }));
  });
});
