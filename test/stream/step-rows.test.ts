import fc from "fast-check";
import { expect, it } from "vitest";
import { KernelModel, type StepGraph } from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import { StepRows } from "../../src/stream/step-rows.js";
import { eventOf } from "./events.js";

const [I, H, O] = [3, 9, 2];

function model(): KernelModel {
  const rng = new Rng(4);
  const draw = (length: number) => Float32Array.from({ length }, () => 0.3 * rng.normal());
  const graph: StepGraph = {
    sizes: [I, H, O],
    operations: [
      {
        kind: "recurrent",
        cell: "gru",
        hidden: H,
        direction: "forward",
        weights: {
          weightIh: draw(3 * H * I),
          weightHh: draw(3 * H * H),
          biasIh: draw(3 * H),
          biasHh: draw(3 * H),
        },
        input: 0,
        output: 1,
      },
      { kind: "dense", weight: draw(O * H), bias: draw(O), input: 1, output: 2 },
    ],
    output: 2,
  };
  return new KernelModel(graph, "rows");
}

it("StepRows gives the bits of one step after the other, whatever keys come and wherever it is flushed", () => {
  const value = fc.oneof(
    { weight: 30, arbitrary: fc.double({ min: -3, max: 3, noNaN: true }) },
    fc.constant(Number.NaN),
  );
  const one = fc.record({
    key: fc.nat({ max: 90 }),
    x: fc.tuple(value, value, value),
    flushes: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 300 }), (all) => {
      const [alone, together] = [model(), model()];
      const slotsOf = (network: KernelModel) => Array.from({ length: 91 }, () => network.acquire());
      const [single, rowed] = [slotsOf(alone), slotsOf(together)];
      const rows = new StepRows(together);
      const events = all.map(({ key, x, flushes }, i) => {
        const event = eventOf(`k${key}`, i);
        rows.add(event, rowed[key]!, Float64Array.from(x));
        if (flushes) rows.flush();
        expect(rows.holds(rowed[key]!)).toBe(!flushes);
        return event;
      });
      rows.flush();
      for (const [i, { key, x }] of all.entries()) {
        const output = new Float64Array(O);
        alone.stepSlot(output, single[key]!, Float64Array.from(x));
        expect(events[i]!.output).toEqual(output);
      }
    }),
    { seed: 6, numRuns: 60 },
  );
});

it("StepRows refuses an input of another size, and keeps what waits", () => {
  const network = model();
  const rows = new StepRows(network);
  const event = eventOf("a", 1);
  rows.add(event, network.acquire(), new Float64Array(I));
  expect(() => rows.add(eventOf("b", 2), network.acquire(), new Float64Array(I + 1))).toThrow(
    /an input of 3 numbers, found 4/,
  );
  rows.flush();
  expect(event.output).toHaveLength(O);
});
