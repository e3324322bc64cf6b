import { describe, expect, it } from "vitest";
import { decodeModel, encodeModel } from "../../src/onnx/index.js";
import { buildModel, field, message, rnnSpec } from "./build-model.js";

const name = "pump";

describe("decodeModel()", () => {
  it("reads integers below zero and beyond 32 bits", () => {
    const spec = rnnSpec();
    const weights = { ...spec.weights, ends: { shape: [2], values: [-1, 2 ** 40], type: 7 } };
    const node = { operator: "Slice", inputs: ["x"], outputs: ["z"], attributes: { axes: [-1, 2 ** 40] } };
    const model = decodeModel(buildModel({ ...spec, weights, nodes: [...spec.nodes, node] }), { name });
    expect(model.graph.node[1]?.attribute[0]?.ints).toEqual([-1, 2 ** 40]);
    const again = decodeModel(encodeModel(model), { name });
    expect(again).toEqual(model);
  });

  it("reads numbers packed or one by one", () => {
    const attribute = (...ints: Uint8Array[]) => message(field(1, "axes"), ...ints, field(20, 7));
    const packed = attribute(field(8, Uint8Array.of(3, 5)));
    const single = attribute(field(8, 3), field(8, 5));
    const [first, second] = [packed, single].map((bytes) => {
      const graph = message(field(1, message(field(4, "Squeeze"), field(5, bytes))));
      return decodeModel(message(field(7, graph), field(8, message(field(2, 13)))), { name });
    });
    expect(first).toEqual(second);
    expect(first?.graph.node[0]?.attribute[0]?.ints).toEqual([3, 5]);
  });
});

describe("encodeModel()", () => {
  it("gives back what it does not know: documentation, functions, fields of later versions", () => {
    const graph = message(field(2, "graph"), field(10, "what it is for"));
    const opset = field(8, message(field(2, 17)));
    const bytes = message(
      field(7, graph),
      opset,
      field(6, "doc"),
      field(25, message(field(1, "f"))),
      field(999, 7),
    );
    const again = encodeModel(decodeModel(bytes, { name }));
    expect(again.length).toBe(bytes.length);
    for (const part of [
      field(10, "what it is for"),
      field(6, "doc"),
      field(25, message(field(1, "f"))),
      field(999, 7),
    ]) {
      expect(Buffer.from(again).includes(Buffer.from(part))).toBe(true);
    }
  });

  it("gives the same model again, weights bit for bit", () => {
    const bytes = buildModel(rnnSpec({ metadata: { "eddy.target": "rms" } }));
    const model = decodeModel(bytes, { name });
    expect(decodeModel(encodeModel(model), { name })).toEqual(model);
  });
});
