import { describe, expect, it } from "vitest";
import { Network, type NetworkShape } from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import {
  compareEngines,
  loadModelAs,
  networkFromOnnx,
  networkToOnnx,
  ortRuntime,
} from "../../src/onnx/index.js";
import { buildModel, rnnSpec } from "./build-model.js";
import { largestError, streamRows } from "./stream-rows.js";

const sizes = { inputs: 3, hidden: 5, layers: 2, outputs: 4 };
const shapes: NetworkShape[] = [
  { cell: "gru", ...sizes },
  { cell: "gru", resetAfter: false, ...sizes, head: "gaussian" },
  { cell: "lstm", ...sizes, head: "softmax" },
  { cell: "lstm", peepholes: true, ...sizes, head: "sigmoid" },
  { cell: "rnn", ...sizes, head: "quantile" },
  { cell: "rnn", nonlinearity: "relu", ...sizes, layers: 1 },
  { cell: "rnn", nonlinearity: "sigmoid", ...sizes, hidden: 1, outputs: 1 },
  { cell: "gru", bidirectional: true, ...sizes },
  { cell: "lstm", bidirectional: true, peepholes: true, ...sizes, head: "softmax" },
];

function network(shape: NetworkShape): Network {
  const made = new Network(shape, "pump").initialize(new Rng(5));
  // Biases start at zero, which would hide that they are lost.
  const rng = new Rng(6);
  for (const { name, values } of made.parameters.values()) {
    if (name.includes("bias") || name.includes("peephole"))
      for (const i of values.keys()) values[i] = 0.3 * rng.normal();
  }
  return made;
}

describe("networkToOnnx()", () => {
  it.each(shapes)("gives ONNX Runtime a model with the kernel's outputs: %o", async (shape) => {
    const bytes = networkToOnnx(network(shape));
    const result = await compareEngines(bytes, await ortRuntime("ort-web"), {
      name: "pump",
      steps: 30,
      seed: 1,
    });
    expect(result).toMatchObject({ agrees: true, isStreamed: shape.bidirectional !== true });
  });

  it.each(shapes.filter(({ bidirectional }) => !bidirectional))(
    "gives a model with the reference's outputs: %o",
    async (shape) => {
      const reference = network(shape);
      const model = await loadModelAs(networkToOnnx(reference), { name: "pump", engine: "ort-web" });
      const rng = new Rng(2);
      const rows = Array.from({ length: 20 }, () => [rng.normal(), rng.normal(), rng.normal()]);
      expect(largestError(await streamRows(model, rows), await streamRows(reference, rows))).toBeLessThan(
        1e-5,
      );
      expect(model.stateSize).toBe(reference.stateSize);
      await model.close?.();
    },
  );
});

describe("networkFromOnnx()", () => {
  it.each(shapes)("reads weights bit for bit, and the shape: %o", (shape) => {
    const written = network(shape);
    const read = networkFromOnnx(networkToOnnx(written, { "eddy.target": "rms" }), { name: "pump" });
    expect(read.shape).toEqual(shape);
    expect(read.weights).toEqual(Float64Array.from(Float32Array.from(written.weights)));
  });

  it("refuses another program's model", () => {
    expect(() => networkFromOnnx(buildModel(rnnSpec()), { name: "pump" })).toThrowError(
      expect.objectContaining({ code: "ONNX_NO_NETWORK" }),
    );
  });

  it("refuses a shape that its weights don't have", () => {
    const lies = {
      "eddy.network": JSON.stringify({ cell: "rnn", inputs: 2, hidden: 7, layers: 1, outputs: 1 }),
    };
    expect(() => networkFromOnnx(buildModel(rnnSpec({ metadata: lies })), { name: "pump" })).toThrowError(
      /expected rnn.weight_ih_l0 \[7, 2\], found 6 numbers/,
    );
  });
});
