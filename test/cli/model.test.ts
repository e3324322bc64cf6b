import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { modelCommand } from "../../src/cli/commands/model.js";
import { describeModel } from "../../src/onnx/index.js";
import { buildModel, rnnNode, rnnSpec } from "../onnx/build-model.js";
import { eddy } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";

const root = temporaryFolder();

const hidden = rnnSpec({
  inputs: [{ name: "x", shape: ["time", "batch", 2] }],
  outputs: [{ name: "y", shape: ["time", 1, "batch", 3] }],
  nodes: [rnnNode({ inputs: ["x", "W", "R"], outputs: ["y"] })],
});
const reverse = { hidden_size: 3, direction: "reverse" };
const backward = {
  ...hidden,
  nodes: [rnnNode({ inputs: ["x", "W", "R"], outputs: ["y"], attributes: reverse })],
};

/** A folder with a model and a CSV of three steps. */
function folder(model = buildModel(hidden)) {
  const directory = mkdtempSync(join(root, "model-"));
  const path = (name: string) => join(directory, name);
  writeFileSync(path("pump.onnx"), model);
  writeFileSync(path("x.csv"), "a,b\n1,-2\n0.5,0.25\n-3,1\n");
  return {
    path,
    run: ["run", path("pump.onnx"), "--json", "--input", path("x.csv"), "--output", path("y.csv")],
    rows: () =>
      readFileSync(path("y.csv"), "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(",")),
  };
}

/** Runs `eddy model` in this process; returns what it prints as one JSON object. */
async function model(...args: string[]): Promise<unknown> {
  const printed = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await modelCommand().parseAsync(args, { from: "user" });
    return JSON.parse(String(printed.mock.lastCall?.[0]));
  } finally {
    printed.mockRestore();
  }
}

function expectClose(rows: readonly string[][], others: readonly string[][]): void {
  expect(rows.length).toBe(others.length);
  for (const [t, row] of rows.slice(1).entries()) {
    for (const [i, value] of row.entries()) expect(Number(value)).toBeCloseTo(Number(others[t + 1]?.[i]), 5);
  }
}

describe("eddy model run", () => {
  it("streams a CSV through a model with hidden state, the same on every engine", async () => {
    const { run, rows } = folder();
    const result = { type: "result", rows: 3, outputs: 3 };
    expect(await model(...run)).toMatchObject({ ...result, engine: "kernel" });
    const kernel = rows();
    expect(kernel[0]).toEqual(["y_0", "y_1", "y_2"]);
    expect(kernel).toHaveLength(4);
    // tanh(0.5 + 0.5), first step, first unit
    expect(Number(kernel[1]?.[0])).toBeCloseTo(Math.tanh(1), 6);
    expect(await model(...run, "--engine", "ort-web")).toMatchObject({ ...result, engine: "ort-web" });
    expectClose(kernel, rows());
  });

  it("runs with --whole-sequence what it cannot stream", async () => {
    const { run, rows } = folder(buildModel(backward));
    await expect(model(...run)).rejects.toThrow(
      /the node RNN rnn: it reads the sequence from its end.*--whole-sequence/,
    );
    expect(await model(...run, "--whole-sequence")).toMatchObject({ rows: 3, engine: "kernel" });
    const kernel = rows();
    expect(await model(...run, "--whole-sequence", "--engine", "ort-web")).toMatchObject({
      engine: "ort-web",
    });
    expectClose(kernel, rows());
  });

  it.each([
    ["a,b,c\n1,2,3\n", /row 1 of .*expected 2 numbers, one per input, found 3 columns/],
    ["a,b\n1,2\n3,x\n", /row 3 of .*found "x"/],
    ["", /expected a header, found an empty file/],
  ])("refuses the input %j", async (csv, message) => {
    const { path, run } = folder();
    writeFileSync(path("x.csv"), csv);
    await expect(model(...run)).rejects.toThrow(message);
  });

  it("ends with 0, with 1 where it cannot stream, with 2 when it is used wrongly", async () => {
    const [good, bad] = [folder(), folder(buildModel(backward))];
    const [ran, refused, wrong] = await Promise.all([
      eddy("model", ...good.run),
      eddy("model", ...bad.run),
      eddy("model", "run"),
    ]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^eddy: Cannot stream ONNX model "pump"/);
    expect(wrong.code).toBe(2);
  });
});

describe("eddy model adopt", () => {
  it("writes the model with its state among inputs and outputs", async () => {
    const { path } = folder();
    expect(await model("adopt", path("pump.onnx"), path("adopted.onnx"), "--json")).toMatchObject({
      isChanged: true,
      states: [{ input: "initial_h_0", output: "Y_h_0", shape: [1, "batch", 3], initial: "zeros" }],
    });
    const { inputs, outputs } = describeModel(readFileSync(path("adopted.onnx")), { name: "adopted" });
    expect(inputs.map(({ name }) => name)).toEqual(["x", "initial_h_0"]);
    expect(outputs.map(({ name }) => name)).toEqual(["y", "Y_h_0"]);
  });

  it("refuses what is no model, and says what it found", async () => {
    const { path } = folder(new TextEncoder().encode("no model"));
    await expect(model("adopt", path("pump.onnx"), path("adopted.onnx"))).rejects.toThrow(
      /Cannot read ONNX model "pump": expected an ONNX model, found/,
    );
  });
});

describe("eddy model inspect", () => {
  it("tells cells, parameters, state, cost and engine", async () => {
    const { path } = folder();
    expect(await model("inspect", path("pump.onnx"), "--json")).toMatchObject({
      type: "result",
      cells: [{ node: "RNN rnn", cell: "rnn", inputs: 2, hidden: 3, state: 3 }],
      parameters: 15,
      state: 3,
      multiplyAddsPerStep: 15,
      bytesPerKey: 12,
      engine: "kernel",
    });
  });

  it("tells why a model has no engine", async () => {
    const { path } = folder(buildModel(backward));
    const report = await model("inspect", path("pump.onnx"), "--json");
    expect(report).toMatchObject({
      reason: expect.stringContaining("RNN rnn: it reads the sequence from its end"),
    });
    expect(report).not.toHaveProperty("engine");
  });
});

describe("eddy model compare", () => {
  it("finds kernel and ONNX Runtime to agree", async () => {
    const { path } = folder();
    expect(await model("compare", path("pump.onnx"), "--json", "--steps", "50")).toMatchObject({
      agrees: true,
      steps: 50,
      engine: "ort-web",
    });
  });
});
