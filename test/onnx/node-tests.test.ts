import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KernelModel } from "../../src/cells/index.js";
import { analyzeModel, decodeModel, type ModelProto } from "../../src/onnx/index.js";
import { FLOAT32, sizeOf, tensor, writeTensor } from "../../src/onnx/proto/tensor.js";
import { sharedData, sharedDataHint } from "../support/shared-data.js";
import { streamRows } from "./stream-rows.js";

interface Value {
  readonly dims: number[];
  readonly data: number[];
}

interface NodeTest {
  readonly inputs: Record<string, Value>;
  readonly outputs: Record<string, Value>;
}

const folder = join(sharedData ?? "", "onnx-node-tests");
const names = sharedData ? readdirSync(folder).filter((file) => file.endsWith(".onnx")) : [];

/** Elements of one sequence of the batch: `axis` is the batch's. */
function ofBatch({ dims, data }: Value, axis: number, b: number): Value {
  const inner = sizeOf(dims.slice(axis + 1));
  const outer = sizeOf(dims.slice(0, axis));
  const size = dims[axis] ?? 1;
  const part = Array.from({ length: outer * inner }, (_, i) => {
    const o = Math.floor(i / inner);
    return data[(o * size + b) * inner + (i - o * inner)]!;
  });
  return { dims: dims.with(axis, 1), data: part };
}

/** The test's model for one of its sequences: what it is given beside X becomes constant, of batch size 1. */
function withConstants(
  model: ModelProto,
  inputs: Record<string, Value>,
  isBatchFirst: boolean,
  b: number,
): ModelProto {
  const [node] = model.graph.node;
  const batchAxis = isBatchFirst ? 0 : 1;
  for (const [name, value] of Object.entries(inputs)) {
    if (name === "X" || name === "sequence_lens") continue;
    const own = name.startsWith("initial_") ? ofBatch(value, batchAxis, b) : value;
    model.graph.initializer.push(writeTensor(name, tensor(own.dims, own.data, FLOAT32)));
  }
  node!.input = node!.input.map((name) => (name === "sequence_lens" ? "" : name));
  model.graph.input = model.graph.input.filter(({ name }) => name === "X");
  model.graph.input[0]!.type!.tensorType!.shape!.dim[batchAxis] = { dimValue: 1 };
  return model;
}

describe.skipIf(!sharedData)(`The ONNX standard's node tests in the kernel${sharedDataHint}`, () => {
  it("are twelve", () => expect(names).toHaveLength(12));

  // The tolerance of the standard's own runner.
  it.each(names)("%s", async (file) => {
    const bytes = readFileSync(join(folder, file));
    const test: NodeTest = JSON.parse(readFileSync(join(folder, file.replace(".onnx", ".json")), "utf8"));
    const { X, sequence_lens: lengths } = test.inputs;
    const isBatchFirst = decodeModel(bytes, { name: file }).graph.node[0]!.attribute.some(
      ({ name, i }) => name === "layout" && i === 1,
    );
    const [T, B] = isBatchFirst ? [X!.dims[1]!, X!.dims[0]!] : [X!.dims[0]!, X!.dims[1]!];
    for (let b = 0; b < B; b++) {
      const model = withConstants(decodeModel(bytes, { name: file }), test.inputs, isBatchFirst, b);
      const { data } = ofBatch(X!, isBatchFirst ? 0 : 1, b);
      const I = X!.dims[2]!;
      const steps = lengths?.data[b] ?? T;
      const rows = Array.from({ length: steps }, (_, t) => data.slice(t * I, (t + 1) * I));
      for (const [output, expected] of Object.entries(test.outputs)) {
        model.graph.output = model.graph.output
          .filter(({ name }) => name !== output)
          .toSpliced(0, 0, { name: output });
        const analysis = analyzeModel(model, file);
        expect(analysis.lack).toBeUndefined();
        const streamed = await streamRows(new KernelModel(analysis.graph!), rows);
        const axis = isBatchFirst ? 0 : output === "Y" ? 2 : 1;
        const wanted = ofBatch(expected, axis, b).data;
        const found = output === "Y" ? streamed.flat() : streamed.at(-1)!;
        expect(found).toHaveLength(wanted.length);
        for (const [i, value] of found.entries()) {
          expect(Math.abs(value - wanted[i]!)).toBeLessThanOrEqual(1e-3 * Math.abs(wanted[i]!) + 1e-7);
        }
      }
    }
  });
});
