import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Network, type NetworkShape } from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import { compareEngines, networkToOnnx, ortRuntime } from "../../src/onnx/index.js";

const sizes = {
  inputs: fc.integer({ min: 1, max: 9 }),
  hidden: fc.integer({ min: 1, max: 37 }),
  layers: fc.integer({ min: 1, max: 3 }),
  outputs: fc.integer({ min: 1, max: 5 }),
  bidirectional: fc.boolean(),
  head: fc.constantFrom("linear", "softmax", "sigmoid", "quantile"),
} as const;

const shapes: fc.Arbitrary<NetworkShape> = fc.oneof(
  fc.record({
    cell: fc.constant("rnn" as const),
    nonlinearity: fc.constantFrom("tanh", "relu", "sigmoid"),
    ...sizes,
  }),
  fc.record({ cell: fc.constant("gru" as const), resetAfter: fc.boolean(), ...sizes }),
  fc.record({ cell: fc.constant("lstm" as const), peepholes: fc.boolean(), ...sizes }),
);

/**
 * Weights at random, as many as a unit sees of them scaled to a norm of about 1; every block [H, H] of a recurrent
 * matrix scaled so that its norm, and with it its spectral radius, is at most 1.
 */
function network(shape: NetworkShape, seed: number): Network {
  const rng = new Rng(seed);
  const made = new Network(shape, "random");
  for (const { name, shape: dims, values } of made.parameters.values()) {
    const scale = 1 / Math.sqrt(dims[1] ?? 1);
    for (const i of values.keys()) values[i] = scale * rng.normal();
    if (!name.includes("weight_hh")) continue;
    const block = shape.hidden * shape.hidden;
    for (let from = 0; from < values.length; from += block) {
      const part = values.subarray(from, from + block);
      const norm = Math.sqrt(part.reduce((sum, value) => sum + value * value, 0));
      for (const i of part.keys()) part[i]! /= Math.max(1, norm);
    }
  }
  return made;
}

describe("The kernel", () => {
  it("equals ONNX Runtime within 1e-5 max(1, |y|), whatever the network", async () => {
    const runtime = await ortRuntime("ort-web");
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer({ min: 1, max: 1e6 }), async (shape, seed) => {
        const bytes = networkToOnnx(network(shape, seed));
        const result = await compareEngines(bytes, runtime, { name: "random", steps: 25, seed });
        expect(result.largestError).toBeLessThanOrEqual(1e-5);
        expect(result.agrees).toBe(true);
      }),
      { seed: 4, numRuns: 60 },
    );
  });
});
