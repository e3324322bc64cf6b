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
});
