import { describe, expect, it } from "vitest";
import { Rng } from "../../src/core/index.js";
import {
  adoptModel,
  analyzeModel,
  decodeModel,
  describeModel,
  loadModelAs,
  ortRuntime,
  runSequence,
} from "../../src/onnx/index.js";
import { buildModel, type ModelSpec } from "./build-model.js";
import {
  branched,
  dynamoLstm,
  I,
  kerasGru,
  kerasLstmLast,
  kerasTimeDistributed,
  layoutOne,
} from "./exporters.js";
import { largestError, streamRows } from "./stream-rows.js";

const name = "pump";
const rng = new Rng(3);
const rows = Array.from({ length: 12 }, () => Float64Array.from({ length: I }, () => rng.normal()));

const models: [string, ModelSpec][] = [
  ["Keras' GRU, reset after", kerasGru(true)],
  ["Keras' GRU, reset before", kerasGru(false)],
  ["Keras' LSTM, many to one", kerasLstmLast()],
  ["Keras' time-distributed layer, steps fixed", kerasTimeDistributed()],
  ["PyTorch's newer exporter", dynamoLstm()],
  ["layers side by side, first states given", branched()],
];

describe.each(models)("A model of %s", (_, spec) => {
  const bytes = buildModel(spec);

  it("gives step by step, on kernel and ONNX Runtime, what it gives for the whole sequence", async () => {
    const runtime = await ortRuntime("ort-web");
    const whole = await runSequence(runtime, bytes, analyzeModel(decodeModel(bytes, { name }), name), rows);
    for (const given of [bytes, adoptModel(bytes, { name }).bytes]) {
      for (const engine of ["kernel", "ort-web"] as const) {
        const model = await loadModelAs(given, { name, engine });
        const outputs = await streamRows(model, rows);
        const expected = whole.length === 1 ? outputs.slice(-1) : outputs;
        expect(largestError(expected, whole)).toBeLessThan(1e-6);
        await model.close?.();
      }
    }
  });

  it("adopted, has explicit states and open axes, and stays as it is when adopted again", () => {
    const adopted = adoptModel(bytes, { name });
    const { inputs, outputs, nodes, metadata } = describeModel(adopted.bytes, { name });
    const cells = nodes.filter(({ operator }) => /^(RNN|GRU|LSTM)$/.test(operator));
    const states = cells.flatMap(({ operator, inputs }) => inputs.slice(5, operator === "LSTM" ? 7 : 6));
    expect(inputs.slice(1).map((input) => input.name)).toEqual(states);
    expect(outputs).toHaveLength(1 + states.length);
    expect(JSON.parse(metadata["eddy.states"]!)).toEqual(JSON.parse(JSON.stringify(adopted.added)));
    expect(inputs[0]?.shape.filter((length) => typeof length === "string").length).toBeGreaterThan(0);
    expect(nodes.some(({ operator }) => operator === "ConstantOfShape" || operator === "Expand")).toBe(false);
    expect(adoptModel(adopted.bytes, { name })).toMatchObject({ isChanged: false, added: [] });
  });
});

describe("A model with batch before time in its nodes, layer normalization written out", () => {
  it("runs in the kernel and, adopted, in ONNX Runtime, which lacks that layout", async () => {
    const bytes = buildModel(layoutOne());
    const kernel = await loadModelAs(bytes, { name, engine: "kernel" });
    const ort = await loadModelAs(bytes, { name, engine: "ort-web" });
    expect(largestError(await streamRows(kernel, rows), await streamRows(ort, rows))).toBeLessThan(1e-5);
    await ort.close?.();
    const { graph } = analyzeModel(decodeModel(bytes, { name }), name);
    expect(graph?.operations.map(({ kind }) => kind)).toEqual(["recurrent", "layer-norm"]);
  });
});
