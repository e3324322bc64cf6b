import { describe, expect, it } from "vitest";
import { type Elementwise, KernelModel, type Operation } from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";

const N = 7;
/** Relative to the largest number of a result. */
const TOLERANCE = 1e-6;

/** One operation on x, [7], whose result has `size` elements; run over 6 keys at once. */
function apply(operations: readonly Operation[], sizes: readonly number[], x: Float64Array): Float64Array {
  const model = new KernelModel({ sizes: [N, ...sizes], operations, output: sizes.length });
  const slots = Array.from({ length: 6 }, () => model.acquire());
  const inputs = new Float64Array(6 * N);
  for (let key = 0; key < 6; key++) inputs.set(x, key * N);
  const outputs = new Float64Array(6 * model.outputs);
  model.stepSlots(outputs, slots, inputs);
  const [first, ...others] = slots.map((_, key) =>
    outputs.subarray(key * model.outputs, (key + 1) * model.outputs),
  );
  for (const other of others) expect(other).toEqual(first);
  return first!;
}

function close(found: Float64Array, expected: readonly number[]): void {
  const largest = Math.max(...expected.map(Math.abs));
  expect(found.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(found[i]! - value)).toBeLessThanOrEqual(TOLERANCE * largest);
  }
}

const rng = new Rng(8);
const x = Float64Array.from({ length: N }, () => Math.fround(2 * rng.normal()));
const xs = [...x];
const weights = (length: number) => Float32Array.from({ length }, () => rng.normal());

const elementwise: Readonly<Record<Elementwise, (x: number) => number>> = {
  relu: (x) => Math.max(x, 0),
  "leaky-relu": (x) => (x < 0 ? 0.1 * x : x),
  elu: (x) => (x < 0 ? 0.1 * (Math.exp(x) - 1) : x),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  "hard-sigmoid": (x) => Math.min(1, Math.max(0, 0.1 * x + 0.3)),
  tanh: Math.tanh,
  softplus: (x) => Math.log1p(Math.exp(x)),
  exp: Math.exp,
  abs: Math.abs,
  neg: (x) => -x,
  sqrt: (x) => Math.sqrt(Math.abs(x)),
};

describe("KernelModel.stepSlots()", () => {
  it.each(Object.keys(elementwise) as Elementwise[])("applies %s, and lets NaN through", (f) => {
    const input = f === "sqrt" ? x.map(Math.abs) : x;
    const operation: Operation = { kind: "elementwise", f, alpha: 0.1, beta: 0.3, input: 0, output: 1 };
    close(apply([operation], [N], input), [...input].map(elementwise[f]));
    const model = new KernelModel({ sizes: [N, N], operations: [operation], output: 1 });
    expect(model.run(input.map(() => Number.NaN)).every(Number.isNaN)).toBe(true);
  });

  it("applies softmax and its logarithm", () => {
    const sum = xs.reduce((total, value) => total + Math.exp(value), 0);
    close(
      apply([{ kind: "softmax", input: 0, output: 1 }], [N], x),
      xs.map((value) => Math.exp(value) / sum),
    );
    close(
      apply([{ kind: "log-softmax", input: 0, output: 1 }], [N], x),
      xs.map((value) => value - Math.log(sum)),
    );
  });

  it("applies a dense map", () => {
    const weight = weights(18 * N);
    const bias = weights(18);
    const expected = Array.from(bias, (b, o) =>
      xs.reduce((sum, value, i) => sum + weight[o * N + i]! * value, b),
    );
    close(apply([{ kind: "dense", weight, bias, input: 0, output: 1 }], [18], x), expected);
  });

  it("normalizes a layer", () => {
    const scale = weights(N);
    const bias = weights(N);
    const mean = xs.reduce((sum, value) => sum + value, 0) / N;
    const variance = xs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / N;
    const expected = xs.map(
      (value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * scale[i]! + bias[i]!,
    );
    close(apply([{ kind: "layer-norm", scale, bias, epsilon: 1e-5, input: 0, output: 1 }], [N], x), expected);
  });

  it.each([
    ["add", (a: number, b: number) => a + b],
    ["sub", (a: number, b: number) => a - b],
    ["mul", (a: number, b: number) => a * b],
    ["div", (a: number, b: number) => a / b],
  ] as const)("applies %s to vectors, constants, and operands of size 1 on either side", (kind, f) => {
    const values = weights(N);
    const one = Float32Array.of(1.5);
    const constant: Operation = { kind: "constant", values, output: 1 };
    const single: Operation = { kind: "constant", values: one, output: 1 };
    const numbers = [...values];
    close(
      apply([constant, { kind, a: 0, b: 1, output: 2 }], [N, N], x),
      xs.map((value, i) => f(value, numbers[i]!)),
    );
    close(
      apply([single, { kind, a: 0, b: 1, output: 2 }], [1, N], x),
      xs.map((value) => f(value, 1.5)),
    );
    close(
      apply([single, { kind, a: 1, b: 0, output: 2 }], [1, N], x),
      xs.map((value) => f(1.5, value)),
    );
  });

  it("slices and concatenates", () => {
    const operations: Operation[] = [
      { kind: "slice", from: 2, input: 0, output: 1 },
      { kind: "concat", parts: [1, 0, 1], output: 2 },
    ];
    const slice = xs.slice(2, 5);
    expect([...apply(operations, [3, 13], x)]).toEqual([...slice, ...xs, ...slice]);
  });
});

describe("new KernelModel()", () => {
  it.each<[string, Operation, string]>([
    [
      "weights of another size",
      { kind: "dense", weight: weights(13), input: 0, output: 1 },
      "weights of 14 elements, found 13",
    ],
    ["a value that nobody wrote", { kind: "softmax", input: 1, output: 1 }, "found value 1"],
    [
      "a slice past the end",
      { kind: "slice", from: 6, input: 0, output: 1 },
      "a slice of 2 elements, found 1",
    ],
  ])("refuses %s", (_, operation, message) => {
    const graph = { sizes: [N, 2], operations: [operation], output: 1 };
    expect(() => new KernelModel(graph)).toThrow(expect.objectContaining({ code: "STEP_GRAPH" }));
    expect(() => new KernelModel(graph)).toThrow(message);
  });
});
