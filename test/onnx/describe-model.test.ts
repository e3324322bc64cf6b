import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeModel, formatTensor } from "../../src/onnx/index.js";
import { sharedData, sharedDataHint } from "../support/shared-data.js";
import { buildModel, rnnSpec } from "./build-model.js";

const name = "pump";

describe("describeModel()", () => {
  it("tells inputs, outputs, nodes, operator sets, producer and metadata", () => {
    const model = describeModel(buildModel(rnnSpec({ metadata: { "eddy.target": "rms" } })), { name });
    expect(model.inputs.map(formatTensor)).toEqual([
      "x float32 [time, batch, 2]",
      "h0 float32 [1, batch, 3]",
    ]);
    expect(model.outputs.map(formatTensor)).toEqual([
      "y float32 [time, 1, batch, 3]",
      "hn float32 [1, batch, 3]",
    ]);
    expect(model).toMatchObject({
      name,
      irVersion: 8,
      producer: "eddy-test 1.0",
      opsets: { "ai.onnx": 14 },
      metadata: { "eddy.target": "rms" },
      nodes: [{ operator: "RNN", name: "rnn", direction: "forward" }],
    });
  });

  it("leaves weights that are listed among the inputs out of the inputs", () => {
    const spec = rnnSpec();
    const listed = rnnSpec({ inputs: [...spec.inputs, { name: "W", shape: [1, 3, 2] }] });
    const inputs = describeModel(buildModel(listed), { name }).inputs;
    expect(inputs.map((input) => input.name)).toEqual(["x", "h0"]);
  });

  it("refuses every file that is cut off, wherever", () => {
    const bytes = buildModel(rnnSpec());
    for (let length = 0; length < bytes.length; length++) {
      expect(() => describeModel(bytes.subarray(0, length), { name }), `${length} bytes`).toThrowError(
        expect.objectContaining({ code: "ONNX_UNREADABLE" }),
      );
    }
  });

  it("reads any bytes or refuses them as unreadable", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          describeModel(bytes, { name });
        } catch (error) {
          expect(error).toMatchObject({ code: "ONNX_UNREADABLE", name: "SyntaxError" });
        }
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it("says what was expected and found in an empty file", () => {
    expect(() => describeModel(new Uint8Array(), { name })).toThrowError(
      'Cannot read ONNX model "pump": expected an ONNX model, found an empty file',
    );
  });
});

describe.skipIf(!sharedData)(`describeModel() of PyTorch's files${sharedDataHint}`, () => {
  it("reads what torch.onnx.export writes", () => {
    const bytes = readFileSync(join(sharedData ?? "", "torch-models/gru_2layers_no_state.onnx"));
    const model = describeModel(bytes, { name });
    expect(model.producer).toBe("pytorch 1.13.0");
    expect(model.inputs.map(formatTensor)).toEqual(["input float32 [batch, time, 5]"]);
    expect(model.nodes.filter((node) => node.operator === "GRU")).toHaveLength(2);
  });
});
