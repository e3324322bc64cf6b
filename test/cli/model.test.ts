import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
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

/** A folder with a model and a CSV of three steps. */
function folder(model = buildModel(hidden)): { path(name: string): string; text(name: string): string } {
  const directory = mkdtempSync(join(root, "model-"));
  const path = (name: string) => join(directory, name);
  writeFileSync(path("pump.onnx"), model);
  writeFileSync(path("x.csv"), "a,b\n1,-2\n0.5,0.25\n-3,1\n");
  return { path, text: (name) => readFileSync(path(name), "utf8") };
}

describe("eddy model run", () => {
  it("streams a CSV through a model with hidden state, the same on every engine", async () => {
    const { path, text } = folder();
    for (const engine of ["kernel", "ort-web"]) {
      const out = path(`${engine}.csv`);
      const run = await eddy(
        "model",
        "run",
        path("pump.onnx"),
        "--input",
        path("x.csv"),
        "--output",
        out,
        "--engine",
        engine,
        "--json",
      );
      expect(run).toMatchObject({ code: 0, stderr: "" });
      expect(JSON.parse(run.stdout)).toMatchObject({ type: "result", rows: 3, outputs: 3, engine });
    }
    const rows = (name: string) =>
      text(name)
        .trim()
        .split("\n")
        .map((line) => line.split(","));
    const [header, ...kernel] = rows("kernel.csv");
    expect(header).toEqual(["y_0", "y_1", "y_2"]);
    expect(kernel).toHaveLength(3);
    // tanh(0.5 + 0.5), first step, first unit
    expect(Number(kernel[0]?.[0])).toBeCloseTo(Math.tanh(1), 6);
    const [, ...other] = rows("ort-web.csv");
    for (const [t, row] of kernel.entries()) {
      for (const [i, value] of row.entries()) expect(Number(value)).toBeCloseTo(Number(other[t]?.[i]), 5);
    }
  });

  it("ends with 1 and names node and reason where it cannot stream; --whole-sequence runs it", async () => {
    const { path, text } = folder(
      buildModel({
        ...hidden,
        nodes: [
          rnnNode({
            inputs: ["x", "W", "R"],
            outputs: ["y"],
            attributes: { hidden_size: 3, direction: "reverse" },
          }),
        ],
      }),
    );
    const args = ["model", "run", path("pump.onnx"), "--input", path("x.csv"), "--output", path("y.csv")];
    const refused = await eddy(...args);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/the node RNN rnn: it reads the sequence from its end.*--whole-sequence/);
    expect(await eddy(...args, "--whole-sequence", "--engine", "kernel")).toMatchObject({ code: 0 });
    const kernel = text("y.csv");
    expect(await eddy(...args, "--whole-sequence", "--engine", "ort-web")).toMatchObject({ code: 0 });
    expect(kernel.split("\n")).toHaveLength(5);
    expect(text("y.csv").split("\n")).toHaveLength(5);
    expect(Number(text("y.csv").split(/[\n,]/)[3])).toBeCloseTo(Number(kernel.split(/[\n,]/)[3]), 5);
  });

  it.each([
    ["a,b,c\n1,2,3\n", /row 1 of .*expected 2 numbers, one per input, found 3 columns/],
    ["a,b\n1,2\n3,x\n", /row 3 of .*found "x"/],
    ["", /expected a header, found an empty file/],
  ])("refuses the input %j", async (csv, message) => {
    const { path } = folder();
    writeFileSync(path("x.csv"), csv);
    const run = await eddy(
      "model",
      "run",
      path("pump.onnx"),
      "--input",
      path("x.csv"),
      "--output",
      path("y.csv"),
    );
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(message);
  });

  it("ends with 2 without its files", async () => {
    expect(await eddy("model", "run")).toMatchObject({ code: 2 });
  });
});

describe("eddy model adopt", () => {
  it("writes the model with its state among inputs and outputs", async () => {
    const { path } = folder();
    const adopted = await eddy("model", "adopt", path("pump.onnx"), path("adopted.onnx"), "--json");
    expect(JSON.parse(adopted.stdout)).toMatchObject({
      isChanged: true,
      states: [{ input: "initial_h_0", output: "Y_h_0", shape: [1, "batch", 3], initial: "zeros" }],
    });
    const { inputs, outputs } = describeModel(readFileSync(path("adopted.onnx")), { name: "adopted" });
    expect(inputs.map(({ name }) => name)).toEqual(["x", "initial_h_0"]);
    expect(outputs.map(({ name }) => name)).toEqual(["y", "Y_h_0"]);
  });

  it("refuses what is no model, and says what it found", async () => {
    const { path } = folder(new TextEncoder().encode("no model"));
    const adopted = await eddy("model", "adopt", path("pump.onnx"), path("adopted.onnx"));
    expect(adopted.code).toBe(1);
    expect(adopted.stderr).toMatch(/Cannot read ONNX model "pump": expected an ONNX model, found/);
  });
});

describe("eddy model inspect", () => {
  it("tells cells, parameters, state, cost and engine", async () => {
    const { path } = folder();
    const inspected = await eddy("model", "inspect", path("pump.onnx"), "--json");
    expect(JSON.parse(inspected.stdout)).toMatchObject({
      type: "result",
      cells: [{ node: "RNN rnn", cell: "rnn", inputs: 2, hidden: 3, state: 3 }],
      parameters: 15,
      state: 3,
      multiplyAddsPerStep: 15,
      bytesPerKey: 12,
      engine: "kernel",
    });
    expect((await eddy("model", "inspect", path("pump.onnx"))).stdout).toMatch(
      /cell +rnn 2 -> 3, state 3 \(RNN rnn\)/,
    );
  });
});

describe("eddy model compare", () => {
  it("finds kernel and ONNX Runtime to agree", async () => {
    const { path } = folder();
    const compared = await eddy("model", "compare", path("pump.onnx"), "--json", "--steps", "50");
    expect(compared.code).toBe(0);
    expect(JSON.parse(compared.stdout)).toMatchObject({ agrees: true, steps: 50, engine: "ort-web" });
  });
});
