import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { RecurrentModel } from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import { loadModelAs, type OrtModel } from "../../src/onnx/index.js";
import { recurrentModelSuite } from "../conformance/recurrent-model.js";
import { sharedData, sharedDataHint } from "../support/shared-data.js";
import { buildModel, type ModelSpec, rnnNode, rnnR, rnnSpec, rnnW } from "./build-model.js";

const opened: RecurrentModel[] = [];

async function open(spec: ModelSpec | Uint8Array = rnnSpec()): Promise<RecurrentModel> {
  const bytes = spec instanceof Uint8Array ? spec : buildModel(spec);
  const model = await loadModelAs(bytes, { name: "pump", engine: "ort-web" });
  opened.push(model);
  return model;
}

afterEach(async () => {
  for (const model of opened.splice(0)) await model.close?.();
});

/** Steps through `count` seeded inputs. @returns outputs and final state, as bytes */
async function bits(model: RecurrentModel, count: number): Promise<string> {
  const rng = new Rng(7);
  const output = new Float64Array(model.outputs);
  const state = new Float64Array(model.stateSize);
  const hash = createHash("sha256");
  for (let t = 0; t < count; t++) {
    await model.step(
      output,
      state,
      Float64Array.from({ length: model.inputs }, () => rng.normal()),
    );
    hash.update(output);
  }
  return hash.update(state).digest("hex");
}

describe("loadModelAs() with ort-web", () => {
  it("prints nothing and starts no thread, the first time too", async () => {
    const printed = [
      ...(["log", "info", "warn", "error"] as const).map((level) => vi.spyOn(console, level)),
      vi.spyOn(process.stdout, "write"),
      vi.spyOn(process.stderr, "write"),
    ];
    // What a thread pool would leave; timers come and go with the test runner.
    const threads = () => process.getActiveResourcesInfo().filter((kind) => /Worker|MessagePort/.test(kind));
    const before = threads();
    // An unused weight makes ONNX Runtime warn, by default.
    const spec = rnnSpec();
    const model = await open({ ...spec, weights: { ...spec.weights, unused: { shape: [1], values: [1] } } });
    await model.step(new Float64Array(3), new Float64Array(3), new Float64Array(2));
    expect(threads()).toEqual(before);
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it("tells the sizes and the name", async () => {
    expect(await open()).toMatchObject({ name: "pump", inputs: 2, outputs: 3, stateSize: 3 });
  });

  it("learns the output size from a first step where the file leaves it open", async () => {
    const outputs = [
      { name: "y", shape: ["time", "directions", "batch", "hidden"] },
      { name: "hn", shape: [1, "batch", 3] },
    ];
    expect(await open(rnnSpec({ outputs }))).toMatchObject({ outputs: 3, stateSize: 3 });
  });

  it("steps a model whose only output is its state", async () => {
    const model = await open(rnnSpec({ outputs: [{ name: "hn", shape: [1, "batch", 3] }] }));
    const output = new Float64Array(3);
    const state = new Float64Array(3);
    await model.step(output, state, Float64Array.of(1, -1));
    expect(output).toEqual(state);
    expect(state[0]).not.toBe(0);
  });

  const noise = new Rng(3);
  it.each([
    ["an empty file", new Uint8Array()],
    ["text", new TextEncoder().encode("This is no model.")],
    ["a model that is cut off", buildModel(rnnSpec()).subarray(0, 150)],
    ["10 MB of noise", Uint8Array.from({ length: 10_000_000 }, () => noise.integer(256))],
    [
      "an operator that does not exist",
      buildModel(rnnSpec({ nodes: [rnnNode(), { operator: "Frobnicate", inputs: ["x"], outputs: ["z"] }] })),
    ],
  ])("refuses %s as unreadable", async (_, bytes) => {
    await expect(open(bytes)).rejects.toMatchObject({ code: "ONNX_UNREADABLE" });
  });

  it("refuses a model that has nothing to carry", async () => {
    const feedForward = {
      inputs: [{ name: "x", shape: ["batch", 2] }],
      outputs: [{ name: "y", shape: ["batch", 2] }],
      nodes: [{ operator: "Tanh", inputs: ["x"], outputs: ["y"] }],
    };
    await expect(open(feedForward)).rejects.toThrow("found no state to carry from step to step");
  });

  const h0 = { name: "h0", shape: [1, "batch", 3] };
  it.each([
    ["text", rnnSpec({ inputs: [{ name: "x", shape: ["t", "b", 2], type: 8 }, h0] }), "x of type string"],
    [
      "a backward node",
      rnnSpec({ nodes: [rnnNode({ attributes: { hidden_size: 3, direction: "reverse" } })] }),
      "the node RNN rnn: it reads the sequence from its end",
    ],
    [
      "sizes that don't fit",
      rnnSpec({ inputs: [{ name: "x", shape: ["t", "b", 5] }, h0] }),
      "a first step fails",
    ],
  ])("refuses %s", async (_, spec, found) => {
    await expect(open(spec)).rejects.toMatchObject({
      code: "ONNX_NOT_STREAMABLE",
      message: expect.stringContaining(found),
    });
  });

  it.each([
    ["a fixed window", rnnSpec({ inputs: [{ name: "x", shape: [16, 1, 2] }, h0] })],
    ["an open input size", rnnSpec({ inputs: [{ name: "x", shape: ["t", "b", "i"] }, h0] })],
  ])("steps a model with %s like one without", async (_, spec) => {
    expect(await bits(await open(spec), 10)).toBe(await bits(await open(), 10));
  });
});

/** A GRU [I = 2, H = 3] of seeded weights. */
function gruSpec(seed: number): ModelSpec {
  const rng = new Rng(seed);
  const values = (count: number) => Array.from({ length: count }, () => rng.normal());
  return rnnSpec({
    nodes: [rnnNode({ operator: "GRU", attributes: { hidden_size: 3, linear_before_reset: 1 } })],
    weights: { W: { shape: [1, 9, 2], values: values(18) }, R: { shape: [1, 9, 3], values: values(27) } },
  });
}

describe("OrtModel", () => {
  recurrentModelSuite("OrtModel", {
    create: (seed) => open(gruSpec(seed)),
    copy: () => open(gruSpec(1)),
    wholeSequence: async (_, input, steps) => {
      const { InferenceSession, Tensor } = await import("onnxruntime-web/wasm");
      const session = await InferenceSession.create(buildModel(gruSpec(1)));
      const { y } = await session.run({
        x: new Tensor("float32", Float32Array.from(input), [steps, 1, 2]),
        h0: new Tensor("float32", new Float32Array(3), [1, 1, 3]),
      });
      await session.release();
      return Float64Array.from(y?.data as Float32Array);
    },
  });
});

describe("OrtModel.step()", () => {
  it("computes h' = tanh(W x + R h), carried in the caller's state", async () => {
    const model = await open();
    const output = new Float64Array(3);
    const state = new Float64Array(3);
    let h = [0, 0, 0];
    for (const x of [
      [1, -2],
      [0.5, 0.25],
      [-3, 1],
    ] as const) {
      await model.step(output, state, Float64Array.from(x));
      h = h.map((_, row) => {
        const sum = (weights: readonly number[], v: readonly number[]) =>
          v.reduce((total, value, column) => total + (weights[row * v.length + column] ?? 0) * value, 0);
        return Math.tanh(sum(rnnW, x) + sum(rnnR, h));
      });
      for (let i = 0; i < 3; i++) expect(state[i]).toBeCloseTo(h[i] ?? Number.NaN, 6);
      expect(output).toEqual(state);
    }
  });

  it("holds float32 values in the caller's state, exactly", async () => {
    const model = await open();
    const state = new Float64Array(3);
    await model.step(new Float64Array(3), state, Float64Array.of(0.1, 0.7));
    expect(state).toEqual(Float64Array.from(Float32Array.from(state)));
    expect(state[0]).not.toBe(0);
  });

  // Recorded; WebAssembly without relaxed SIMD gives the same bits in every process on every machine. A new
  // version of ONNX Runtime may change them, which then is a change of numerics.
  const recorded = "715b744bb0be436247264524d2b5294f37a706bc916f39bbec95578e5b61fdbc";
  it("gives the same bits each time, in every process", async () => {
    expect(await bits(await open(), 200)).toBe(recorded);
    expect(await bits(await open(), 200)).toBe(recorded);
  });

  it.each([
    ["input is NaN", [Number.NaN, 0], [0.5, 0, 0]],
    ["input is infinite in float32", [1e39, 0], [0.5, 0, 0]],
    ["state is NaN", [0, 0], [Number.NaN, 0, 0]],
  ])("leaves the state unchanged and answers NaN when %s", async (_, input, state) => {
    const model = await open();
    const output = new Float64Array(3);
    const kept = Float64Array.from(state);
    await model.step(output, kept, Float64Array.from(input));
    expect(kept).toEqual(Float64Array.from(state));
    expect(output).toEqual(new Float64Array(3).fill(Number.NaN));
  });

  it("leaves the state unchanged and answers NaN when a result is not finite", async () => {
    const spec = {
      inputs: [
        { name: "x", shape: [1, 1] },
        { name: "state_in", shape: [1, 1] },
      ],
      outputs: [
        { name: "y", shape: [1, 1] },
        { name: "state_out", shape: [1, 1] },
      ],
      nodes: [
        { operator: "Add", inputs: ["x", "state_in"], outputs: ["state_out"] },
        { operator: "Log", inputs: ["state_out"], outputs: ["y"] },
      ],
    };
    const model = await open(spec);
    const output = new Float64Array(1);
    const state = Float64Array.of(1);
    await model.step(output, state, Float64Array.of(-3));
    expect([...output, ...state]).toEqual([Number.NaN, 1]);
    await model.step(output, state, Float64Array.of(0));
    expect([...output, ...state]).toEqual([0, 1]);
  });

  it("runs concurrent calls one after the other, in order", async () => {
    const model = await open();
    const inputs = [
      [1, 2],
      [-1, 0.5],
      [0.25, -2],
      [3, 3],
    ].map((x) => Float64Array.from(x));
    const steps = async (wait: boolean) => {
      const state = new Float64Array(3);
      const outputs = inputs.map(() => new Float64Array(3));
      const running = [];
      for (const [t, input] of inputs.entries()) {
        const step = model.step(outputs[t] ?? state, state, input);
        if (wait) await step;
        running.push(step);
      }
      await Promise.all(running);
      return outputs;
    };
    expect(await steps(false)).toEqual(await steps(true));
  });

  it("refuses arrays of the wrong length and goes on", async () => {
    const model = await open();
    const state = new Float64Array(3);
    await expect(model.step(new Float64Array(3), state, new Float64Array(4))).rejects.toMatchObject({
      code: "MODEL_SHAPE",
      message: 'Cannot step ONNX model "pump": expected input [2], found [4]',
    });
    await model.step(new Float64Array(3), state, Float64Array.of(1, 1));
    expect(state[0]).not.toBe(0);
  });

  it("does not grow in memory over 20,000 calls", async () => {
    const model = await open();
    await bits(model, 2_000);
    const before = process.memoryUsage.rss();
    await bits(model, 20_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);
  });
});

describe("OrtModel.stepKeys()", () => {
  it("gives each of many keys what it gets alone, and refuses one without the others", async () => {
    const model = (await open(gruSpec(4))) as OrtModel;
    expect(model.canBatch).toBe(true);
    const rng = new Rng(8);
    const keys = Array.from({ length: 5 }, () => ({
      input: Float64Array.from([rng.normal(), rng.normal()]),
      state: Float64Array.from([rng.normal(), rng.normal(), rng.normal()]),
    }));
    keys[3]!.input[0] = Number.NaN;
    const alone = keys.map(({ state }) => ({ output: new Float64Array(3), state: state.slice() }));
    for (const [i, { output, state }] of alone.entries()) await model.step(output, state, keys[i]!.input);
    const outputs = keys.map(() => new Float64Array(3));
    const states = keys.map(({ state }) => state.slice());
    await model.stepKeys(
      outputs,
      states,
      keys.map(({ input }) => input),
    );
    for (const [i, { output, state }] of alone.entries()) {
      for (let j = 0; j < 3; j++) {
        if (i === 3) expect([outputs[i]![j], states[i]![j]]).toEqual([Number.NaN, keys[i]!.state[j]]);
        else expect(outputs[i]![j]).toBeCloseTo(output[j]!, 6);
        expect(states[i]![j]).toBeCloseTo(state[j]!, 6);
      }
    }
  });
});

describe("OrtModel.close()", () => {
  it("waits for the steps under way, is idempotent, and ends the model", async () => {
    const model = await open();
    const state = new Float64Array(3);
    const step = model.step(new Float64Array(3), state, Float64Array.of(1, 1));
    await Promise.all([model.close?.(), model.close?.()]);
    await step;
    expect(state[0]).not.toBe(0);
    await expect(model.step(new Float64Array(3), state, Float64Array.of(1, 1))).rejects.toMatchObject({
      code: "MODEL_CLOSED",
    });
  });
});

describe.skipIf(!sharedData)(`loadModelAs() of PyTorch's files${sharedDataHint}`, () => {
  const file = (name: string) => join(sharedData ?? "", "torch-models", name);

  it("gives PyTorch's outputs, step by step", async () => {
    const golden = JSON.parse(readFileSync(file("gru_state_io.json"), "utf8"));
    const model = await open(readFileSync(file("gru_state_io.onnx")));
    expect(model).toMatchObject({ inputs: 4, outputs: 3, stateSize: 24 });
    const output = new Float64Array(3);
    const state = new Float64Array(24);
    let worst = 0;
    for (const [t, input] of golden.input.entries()) {
      await model.step(output, state, Float64Array.from(input));
      for (const [i, value] of output.entries())
        worst = Math.max(worst, Math.abs(value - golden.output[t][i]));
    }
    expect(golden.input.length).toBeGreaterThan(10);
    expect(worst).toBeLessThan(1e-5);
  });
});
