import { describe, expect, it } from "vitest";
import type { RecurrentModel } from "../../src/cells/index.js";
import { fixedCellsStage } from "../../src/stream/index.js";
import { batchOf, eventOf } from "./events.js";

/** Its state counts, from 7. */
const counting: RecurrentModel = {
  name: "counting",
  inputs: 1,
  outputs: 1,
  stateSize: 1,
  initialState: Float64Array.of(7),
  step(output, state) {
    state[0] = state[0]! + 1;
    output[0] = state[0]!;
  },
};

describe("fixedCellsStage()", () => {
  it("starts every key and every sequence from the model's own first state", async () => {
    const stage = fixedCellsStage(counting);
    const events = ["a", "a", "b", "a", "a"].map((key, i) => {
      const event = eventOf(key, i);
      event.input = Float64Array.of(0);
      event.begins = i === 3;
      return event;
    });
    await stage.process(batchOf(events));
    expect(events.map(({ output }) => output?.[0])).toEqual([8, 9, 8, 8, 9]);
    expect(counting.initialState).toEqual(Float64Array.of(7));
  });

  it("steps waiting events of different keys in one run where it is told to be fast", async () => {
    const runs: number[] = [];
    const batching: RecurrentModel = {
      ...counting,
      canBatch: true,
      stepKeys: async (outputs, states, inputs) => {
        runs.push(inputs.length);
        for (const [i, state] of states.entries()) {
          state[0] = state[0]! + 1;
          outputs[i]![0] = state[0]!;
        }
      },
    };
    const events = () =>
      ["a", "b", "c", "a", "a", "b"].map((key, i) => {
        const event = eventOf(key, i);
        event.input = Float64Array.of(0);
        event.begins = i < 3;
        if (i === 4) event.note = "late";
        return event;
      });
    const fast = events();
    await fixedCellsStage(batching, { batch: "fast" }).process(batchOf(fast));
    expect(runs).toEqual([3, 2]);
    const exact = events();
    await fixedCellsStage(batching).process(batchOf(exact));
    expect(runs).toEqual([3, 2]);
    expect(fast.map(({ output }) => output)).toEqual(exact.map(({ output }) => output));
    expect(fast.map(({ model }) => model)).toEqual(exact.map(({ model }) => model));
  });

  /** Fails at a negative input, when it has written half of its state. */
  const fragile: RecurrentModel = {
    ...counting,
    step(output, state, input) {
      state[0] = state[0]! + 1;
      if (input[0]! < 0) throw new Error("negative");
      output[0] = state[0]!;
    },
  };
  const inputsOf = (inputs: readonly (readonly [key: string, x: number])[]) =>
    inputs.map(([key, x], i) => {
      const event = Object.assign(eventOf(key, i), { position: i + 1 });
      event.input = Float64Array.of(x);
      event.begins = inputs.findIndex(([other]) => other === key) === i;
      return event;
    });
  const SOME = [
    ["a", 0],
    ["b", 0],
    ["a", -1],
    ["b", 0],
    ["a", 0],
    ["c", -1],
    ["c", 0],
  ] as const;

  it("leaves out an event at which the model fails, and puts the key's hidden state back", async () => {
    const events = inputsOf(SOME);
    const batch = batchOf(events);
    await fixedCellsStage(fragile).process(batch);
    expect(events.map(({ output }) => output?.[0])).toEqual([8, 8, undefined, 9, 9, undefined, 8]);
    expect(events.map(({ note }) => note)).toEqual(["", "", "fault", "", "", "fault", ""]);
    expect(batch.log.map(({ position, kind }) => [position, kind])).toEqual([
      [3, "cells"],
      [6, "cells"],
    ]);
  });

  it("finds the event where a run of several fails, and gives the others what they get by themselves", async () => {
    const batching: RecurrentModel = {
      ...fragile,
      canBatch: true,
      async stepKeys(outputs, states, inputs) {
        for (const [i, state] of states.entries()) fragile.step(outputs[i]!, state, inputs[i]!);
      },
    };
    const events = inputsOf(SOME);
    const batch = batchOf(events);
    await fixedCellsStage(batching, { batch: "fast" }).process(batch);
    expect(events.map(({ output }) => output?.[0])).toEqual([8, 8, undefined, 9, 9, undefined, 8]);
    expect(batch.log.map(({ position }) => position)).toEqual([3, 6]);
  });

  it("begins a sequence whose first event another stage has left out", async () => {
    const events = inputsOf(SOME).slice(0, 5);
    Object.assign(events[2]!, { note: "fault", begins: true });
    await fixedCellsStage(counting).process(batchOf(events));
    expect(events.map(({ output }) => output?.[0])).toEqual([8, 8, undefined, 9, 8]);
  });
});
