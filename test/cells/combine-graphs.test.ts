import { expect, it } from "vitest";
import { KernelModel, meanOf, Network, networkGraph, sideBySide } from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";

it.each([1, 3])("sideBySide() gives each network's %i outputs, by output, then network", (outputs) => {
  const rng = new Rng(4);
  const shape = { inputs: 2, hidden: 5, layers: 1, outputs };
  const graphs = (["gru", "lstm"] as const).map((cell) =>
    networkGraph(new Network({ ...shape, cell }).initialize(rng)),
  );
  const alone = graphs.map((graph) => new KernelModel(graph));
  const both = new KernelModel(sideBySide(graphs));
  expect(both.stateSize).toBe(5 + 10);
  const slots = alone.map((model) => model.acquire());
  const slot = both.acquire();
  for (let t = 0; t < 5; t++) {
    const x = Float64Array.of(rng.normal(), rng.normal());
    const expected = alone.map((model, n) => {
      const output = new Float64Array(outputs);
      model.stepSlot(output, slots[n]!, x);
      return output;
    });
    const output = new Float64Array(2 * outputs);
    both.stepSlot(output, slot, x);
    expect([...output]).toEqual(
      Array.from({ length: outputs }, (_, o) => expected.map((one) => one[o])).flat(),
    );
  }
});

it.each([1, 3])("meanOf() gives the mean of the networks' %i outputs", (outputs) => {
  const rng = new Rng(5);
  const shape = { cell: "gru", inputs: 2, hidden: 5, layers: 1, outputs } as const;
  const graphs = [1, 2, 3].map(() => networkGraph(new Network(shape).initialize(rng)));
  const alone = graphs.map((graph) => new KernelModel(graph));
  const states = alone.map((model) => new Float64Array(model.stateSize));
  const mean = new KernelModel(meanOf(graphs));
  const state = new Float64Array(mean.stateSize);
  for (let t = 0; t < 5; t++) {
    const x = Float64Array.of(rng.normal(), rng.normal());
    const each = alone.map((model, n) => {
      const output = new Float64Array(outputs);
      model.step(output, states[n]!, x);
      return output;
    });
    const output = new Float64Array(outputs);
    mean.step(output, state, x);
    output.forEach((value, o) => {
      expect(value).toBeCloseTo(each.reduce((sum, one) => sum + one[o]!, 0) / 3, 6);
    });
  }
});
