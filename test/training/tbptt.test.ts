import { describe, expect, it } from "vitest";
import { type CellKind, Network } from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import { GuardedUpdate, type SequenceBatch, Sgd, squaredLoss, Tbptt } from "../../src/training/index.js";

const B = 2;
const T = 12;

function sequences(begins?: Uint8Array): SequenceBatch {
  const rng = new Rng(6);
  const random = (length: number) => Float64Array.from({ length }, () => rng.normal());
  const batch = { batch: B, steps: T, input: random(B * T * 2), target: random(B * T * 3) };
  return begins === undefined ? batch : { ...batch, begins };
}

const network = (cell: CellKind = "gru") =>
  new Network({ cell, inputs: 2, hidden: 4, layers: 2, outputs: 3 }).initialize(new Rng(7));

/** A schedule's reports and gradients; with learning rate 0 the weights stand still. */
function learn(on: Network, schedule: [number, number], data: SequenceBatch, learningRate = 0) {
  const update = new GuardedUpdate(new Sgd(on.weights.length, { learningRate }), 1e9);
  const updates: { step: number; loss: number; gradient: Float64Array }[] = [];
  new Tbptt(on, schedule, squaredLoss, update).learn(data, ({ loss }, step) => {
    updates.push({ step, loss, gradient: on.gradients.slice() });
  });
  return updates;
}

/** Back-propagation through all time of the loss of steps [from, T). */
function bptt(on: Network, data: SequenceBatch, from = 0) {
  const output = new Float64Array(data.target.length);
  const trace = on.trace(B, T);
  on.forward(output, trace, data.input, new Float64Array(B * on.stateSize), data.begins);
  const target = data.target.map((value, i) => (Math.floor(i / 3) % T < from ? NaN : value));
  const gradient = new Float64Array(output.length);
  const loss = squaredLoss(gradient, output, target);
  on.gradients.fill(0);
  on.backward(trace, gradient, data.input);
  return { loss, gradient: on.gradients.slice() };
}

describe("Tbptt", () => {
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
    const losses = Array.from({ length: 40 }, () => learn(on, [4, 8], sequences(), 0.1).at(-1)?.loss ?? NaN);
    expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] ?? NaN));
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
