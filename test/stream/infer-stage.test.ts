import { describe, expect, it } from "vitest";
import { KernelModel, Network, networkGraph, type RecurrentModel } from "../../src/cells/index.js";
import { type Classification, Rng, type StreamEvent } from "../../src/core/index.js";
import { type InferOptions, InferStage } from "../../src/stream/index.js";
import { batchOf, eventOf } from "./events.js";

/** Gives its input, summed since the sequence's beginning, as logits. */
const summing: RecurrentModel = {
  name: "summing",
  inputs: 2,
  outputs: 2,
  stateSize: 2,
  step(output, state, input) {
    for (const i of [0, 1]) output[i] = state[i] = state[i]! + input[i]!;
  },
};

const CLASSES = { kind: "class", classes: ["left", "right"], output: "logits" } as const;

const options: InferOptions = {
  model: summing,
  target: CLASSES,
  at: "end",
  pool: "last",
};

/** Events of one key, by their inputs; the first begins, those marked end. */
function events(...inputs: readonly (readonly [...number[]])[]): StreamEvent[] {
  return inputs.map((input, i) => {
    const event = eventOf("a", i);
    event.input = Float64Array.from(input);
    event.begins = i === 0;
    return event;
  });
}

function named(given: Partial<InferOptions>, list: StreamEvent[]) {
  new InferStage({ ...options, ...given }).process(batchOf(list));
  return list.map(({ prediction }) => prediction?.inference as Classification | undefined);
}

const odds = (logit: number) => 1 / (1 + Math.exp(-logit));

describe("InferStage", () => {
  it("names the class of a sequence when it ends, by the last step", () => {
    const list = events([1, 0], [0, 3], [5, 0], [1, 0]);
    list[1]!.ends = true;
    list[2]!.begins = true;
    list[3]!.ends = true;
    expect(named({}, list)).toEqual([
      undefined,
      { label: "right", probability: expect.closeTo(odds(2), 12) },
      undefined,
      { label: "left", probability: expect.closeTo(odds(6), 12) },
    ]);
  });

  it("begins a sequence whose first event another stage has left out", () => {
    const list = events([1, 0], [0, 3], [5, 0]);
    Object.assign(list[1]!, { note: "fault", begins: true });
    list[2]!.ends = true;
    expect(named({}, list)[2]).toEqual({ label: "left", probability: expect.closeTo(odds(5), 12) });
  });

  it("names it by the mean of all steps' logits where it pools them", () => {
    const list = events([1, 0], [0, 3]);
    list[1]!.ends = true;
    expect(named({ pool: "mean" }, list)[1]).toEqual({
      label: "right",
      probability: expect.closeTo(odds(0.5), 12),
    });
  });

  it("names a class at every step, also where none ends", () => {
    const labels = named({ at: "step" }, events([1, 0], [0, 3], [9, 0])).map((one) => one?.label);
    expect(labels).toEqual(["left", "right", "left"]);
  });

  it("steps an event's several time steps, and none for an event that is a mark alone", () => {
    const list = events([1, 0, 0, 3], []);
    list[1]!.ends = true;
    const [, last] = named({ pool: "mean" }, list);
    expect(last).toEqual({ label: "right", probability: expect.closeTo(odds(0.5), 12) });
    const nothing = events([]);
    nothing[0]!.ends = true;
    expect(named({}, nothing)).toEqual([undefined]);
  });

  it("leaves a step out that is not finite", () => {
    const list = events([1, 0], [Number.NaN, 0]);
    list[1]!.ends = true;
    expect(named({}, list)[1]?.label).toBe("left");
  });

  it("takes probabilities as they are", () => {
    const list = events([0.25, 0.75]);
    list[0]!.ends = true;
    expect(named({ target: { ...CLASSES, output: "probabilities" } }, list)).toEqual([
      { label: "right", probability: 0.75 },
    ]);
  });

  it("waits for a model that answers later", async () => {
    const later: RecurrentModel = {
      ...summing,
      step: async (output, state, input) => summing.step(output, state, input),
    };
    const list = events([1, 0, 0, 3], [0, 1]);
    list[1]!.ends = true;
    await new InferStage({ ...options, model: later }).process(batchOf(list));
    expect(list[1]?.prediction?.inference).toEqual({
      label: "right",
      probability: expect.closeTo(odds(3), 12),
    });
  });

  it("runs a bidirectional network over the whole sequence when it ends", () => {
    const rng = new Rng(3);
    const network = new Network(
      { cell: "gru", bidirectional: true, inputs: 2, hidden: 4, layers: 1, outputs: 2 },
      "both",
    ).initialize(rng);
    const model = new KernelModel(networkGraph(network));
    const rows = Array.from({ length: 5 }, () => [rng.normal(), rng.normal()]);
    const list = events(...rows);
    list[4]!.ends = true;
    const [label] = named({ model }, list).filter((one) => one !== undefined);
    const logits = model.run(Float64Array.from(rows.flat())).slice(-2);
    const right = odds(logits[1]! - logits[0]!);
    expect(label?.probability).toBeCloseTo(Math.max(right, 1 - right), 12);
    const spot = { none: "left", over: 1, threshold: 0.5, rest: 0 };
    expect(() => new InferStage({ ...options, model, at: "step", spot })).toThrow(
      /expected one that reads forward/,
    );
    // What all steps are is told at the end, each by its event.
    const again = events(...rows);
    again[4]!.ends = true;
    for (const [i, event] of again.entries()) event.seq = i + 8;
    named({ model, at: "step" }, again);
    expect(again.slice(0, 4).every(({ prediction }) => prediction === undefined)).toBe(true);
    const all = model.run(Float64Array.from(rows.flat()));
    const steps = rows.map((_, t) => {
      const own = odds(all[2 * t + 1]! - all[2 * t]!);
      const probability = expect.closeTo(Math.max(own, 1 - own), 12);
      return { seq: t + 8, time: t, inference: { label: own > 0.5 ? "right" : "left", probability } };
    });
    expect(again[4]?.prediction?.steps).toEqual(steps);
    expect(again[4]?.prediction?.inference).toEqual(steps[4]?.inference);
  });

  it("gives a value's estimate, beside what the event's own instrument shows", () => {
    const model: RecurrentModel = {
      ...summing,
      outputs: 1,
      step(output, _, input) {
        output[0] = input[0]! - input[1]!;
      },
    };
    const list = events([5, 2], [4, 4]);
    list[0] = Object.assign(eventOf("a", 0, { sensor: 7 }), { input: list[0]!.input, begins: true });
    named({ model, target: { kind: "value", of: "sensor" }, at: "step" }, list);
    expect(list.map(({ prediction }) => prediction?.inference)).toEqual([
      { estimate: 3, value: 7 },
      { estimate: 0 },
    ]);
  });

  it("tells nothing of what was before a sequence's beginning", () => {
    const list = events([1, 0], [0, 3], [9, 0], [1, 0]);
    list[2]!.begins = true;
    expect(named({ at: "step", lag: 1 }, list).map((one) => one?.label)).toEqual([
      undefined,
      "right",
      undefined,
      "left",
    ]);
  });

  it("tells the symbols that are at least as likely as not", () => {
    const target = { kind: "symbols", vocabulary: ["60", "64"], output: "logits" } as const;
    const list = events([0, -1], [-2, -1]);
    named({ target, at: "step" }, list);
    expect(list.map(({ prediction }) => prediction?.inference)).toEqual([
      { symbols: ["60"], probabilities: [0.5] },
      { symbols: [], probabilities: [] },
    ]);
  });

  it("refuses a model that has not one output for each class", () => {
    expect(() => new InferStage({ ...options, target: { ...CLASSES, classes: ["one"] } })).toThrow(
      "Cannot infer a class with model summing: expected 1 outputs, one for each class (one), found 2",
    );
    expect(() => new InferStage({ ...options, target: { kind: "value" } })).toThrow(
      "Cannot infer a value with model summing: expected 1 outputs, the estimate, found 2",
    );
  });
});
