import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Inference, Prediction } from "../../src/core/index.js";
import { outputFromColumns, outputToColumns } from "../../src/store/output-columns.js";

const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const plain = { noNullPrototype: true };
const maybe = fc.option(number, { nil: null });
const target = fc.record(
  { value: number, forecast: maybe, lower: maybe, upper: maybe, residual: maybe },
  plain,
);
const ahead = fc.record({ steps: fc.nat(), forecast: number, lower: maybe, upper: maybe }, plain);
const share = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
const inference: fc.Arbitrary<Inference> = fc.oneof(
  fc.record({ label: fc.string(), probability: share }, plain),
  fc.record({ text: fc.string(), probability: share }, plain),
  fc.record({ estimate: number, value: number }, { ...plain, requiredKeys: ["estimate"] }),
  fc.array(fc.record({ symbol: fc.string(), probability: number }), { maxLength: 4 }).map((list) => ({
    symbols: list.map(({ symbol }) => symbol),
    probabilities: list.map(({ probability }) => probability),
  })),
);
const prediction: fc.Arbitrary<Prediction> = fc.record(
  {
    inference,
    steps: fc.array(fc.record({ seq: fc.nat(), time: number, inference }, plain), { maxLength: 3 }),
    targets: fc.array(target, { maxLength: 3 }),
    next: fc.array(fc.array(ahead, { maxLength: 3 }), { maxLength: 3 }),
    score: maybe,
    alert: fc.boolean(),
    model: fc.string(),
  },
  { ...plain, requiredKeys: ["targets", "next", "score", "alert", "model"] },
);

describe("outputToColumns()", () => {
  it("gives every prediction back, finite numbers bit for bit", () => {
    fc.assert(
      fc.property(prediction, (given) => {
        expect(outputFromColumns(outputToColumns(given))).toStrictEqual(given);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it("needs no further text for one target without a look ahead", () => {
    const one = { value: 1, forecast: null, lower: null, upper: null, residual: null };
    expect(outputToColumns({ targets: [one], next: [], score: null, alert: true, model: "m" })).toEqual([
      1,
      null,
      null,
      null,
      null,
      null,
      1,
      "m",
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it("needs no further text for one target and one look ahead", () => {
    const one = { value: 1, forecast: null, lower: null, upper: null, residual: null };
    const next = [[{ steps: 3, forecast: 1.5, lower: -0, upper: null }]];
    const columns = outputToColumns({ targets: [one], next, score: null, alert: true, model: "m" });
    expect(columns.slice(8)).toEqual([null, 3, 1.5, -0, null]);
  });

  it("reads the look ahead of older rows, which stands in their text", () => {
    const text = '{"next":[[[1,2.5,"-0",null]]]}';
    const columns = [1, null, null, null, null, null, 0, "m", text, null, null, null, null] as const;
    expect(outputFromColumns(columns).next).toEqual([[{ steps: 1, forecast: 2.5, lower: -0, upper: null }]]);
  });
});
