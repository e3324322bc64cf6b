import { describe, expect, it } from "vitest";
import { KernelModel, LaggedModel, Network, type NetworkShape, networkGraph } from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";

const shape: NetworkShape = {
  cell: "lstm",
  bidirectional: true,
  inputs: 3,
  hidden: 6,
  layers: 1,
  outputs: 2,
  head: "softmax",
};
const T = 11;
const graph = networkGraph(new Network(shape).initialize(new Rng(1)));
const rng = new Rng(2);
const input = Float64Array.from({ length: T * 3 }, () => Math.fround(rng.normal()));
const row = (t: number) => input.subarray(3 * t, 3 * t + 3);

describe("LaggedModel", () => {
  it.each([0, 1, 4])("step() gives at lag %d what the sequence so far gives, bit for bit", (lag) => {
    const model = new LaggedModel(graph, lag);
    const whole = new KernelModel(graph);
    const state = model.initialState;
    for (let t = 0; t < T; t++) {
      const output = new Float64Array(2);
      const given = model.step(output, state, row(t));
      expect(given).toBe(t < lag ? "waiting" : "given");
      if (t < lag) continue;
      const soFar = whole.run(input.subarray(0, 3 * (t + 1)));
      expect([...output]).toEqual([...soFar.subarray(2 * (t - lag), 2 * (t - lag + 1))]);
    }
    const all = whole.run(input);
    expect(model.finish(state)).toEqual(all.subarray(2 * (T - lag)));
  });

  it("finish() gives a sequence shorter than the lag as a whole", () => {
    const model = new LaggedModel(graph, 20);
    const state = model.initialState;
    expect(model.finish(state)).toEqual(new Float32Array(0));
    for (let t = 0; t < T; t++) model.step(new Float64Array(2), state, row(t));
    expect(model.finish(state)).toEqual(new KernelModel(graph).run(input));
  });

  it("step() leaves the state unchanged when an input is not finite", () => {
    const model = new LaggedModel(graph, 1);
    const state = model.initialState;
    const output = new Float64Array(2);
    for (let t = 0; t < 3; t++) model.step(output, state, row(t));
    const before = state.slice();
    expect(model.step(output, state, Float64Array.of(0, Number.NaN, 0))).toBe("refused");
    expect(state).toEqual(before);
    expect(output.every(Number.isNaN)).toBe(true);
  });

  it("refuses layers on top of those that read from the end, and lags that are no whole number", () => {
    const deep = networkGraph(new Network({ ...shape, layers: 2 }));
    expect(() => new LaggedModel(deep, 3)).toThrow(expect.objectContaining({ code: "WHOLE_SEQUENCES_ONLY" }));
    expect(() => new LaggedModel(graph, 1.5)).toThrow(expect.objectContaining({ code: "LAG" }));
  });
});
