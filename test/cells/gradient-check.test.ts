import { describe, expect, it } from "vitest";
import {
  type Cell,
  GruCell,
  LinearHead,
  LstmCell,
  Network,
  type Parameter,
  ResetBeforeGruCell,
  RnnCell,
} from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import { bidirectionalShapes, shapes } from "./networks.js";

const EPSILON = 1e-5;
/** Central differences err by about EPSILON^2 and 1e-16 / EPSILON. */
const TOLERANCE = 1e-8;

/** Compares `gradient` with central differences of `loss`, element by element. */
function expectGradient(
  what: string,
  values: Float64Array,
  gradient: Float64Array,
  loss: () => number,
): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    values[i] = value + EPSILON;
    const above = loss();
    values[i] = value - EPSILON;
    const below = loss();
    values[i] = value;
    const numeric = (above - below) / (2 * EPSILON);
    const error = Math.abs(gradient[i]! - numeric) / Math.max(1, Math.abs(numeric));
    expect(error, `${what}[${i}]: ${gradient[i]}, by differences ${numeric}`).toBeLessThan(TOLERANCE);
  }
}

function random(rng: Rng, length: number): Float64Array {
  return Float64Array.from({ length }, () => 0.7 * rng.normal());
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

const cells: readonly (readonly [string, () => Cell])[] = [
  ["RnnCell (tanh)", () => new RnnCell(3, 5)],
  ["RnnCell (relu)", () => new RnnCell(3, 5, "relu")],
  ["RnnCell (sigmoid)", () => new RnnCell(3, 5, "sigmoid")],
  ["GruCell", () => new GruCell(3, 5)],
  ["ResetBeforeGruCell", () => new ResetBeforeGruCell(3, 5)],
  ["LstmCell", () => new LstmCell(3, 5)],
  ["LstmCell with peepholes", () => new LstmCell(3, 5, true)],
];

describe.each(cells)("%s", (name, create) => {
  it(`${name}.backward() agrees with central differences for state, input and every parameter`, () => {
    const rng = new Rng(7);
    const cell = create();
    const parameters: Parameter[] = Object.values(cell.parameters);
    for (const parameter of parameters) parameter.values.set(random(rng, parameter.values.length));
    const before = random(rng, cell.stateSize);
    const x = random(rng, cell.inputs);
    const after = new Float64Array(cell.stateSize);
    const kept = new Float64Array(cell.keptSize);
    const direction = random(rng, cell.stateSize);
    const loss = () => {
      cell.forward(after, kept, before, x);
      return dot(after, direction);
    };

    loss();
    const dBefore = new Float64Array(cell.stateSize);
    const dX = new Float64Array(cell.inputs);
    cell.backward(dBefore, dX, direction, after, kept, before, x);
    expectGradient("state", before, dBefore, loss);
    expectGradient("x", x, dX, loss);
    for (const { name, values, gradient } of parameters) expectGradient(name, values, gradient, loss);
  });

  it(`${name}.backward() adds to the gradients`, () => {
    const rng = new Rng(8);
    const cell = create();
    const { weightHh } = cell.parameters;
    weightHh.values.set(random(rng, weightHh.values.length));
    const before = random(rng, cell.stateSize);
    const x = random(rng, cell.inputs);
    const after = new Float64Array(cell.stateSize);
    const kept = new Float64Array(cell.keptSize);
    cell.forward(after, kept, before, x);
    const backward = () =>
      cell.backward(new Float64Array(cell.stateSize), new Float64Array(3), before, after, kept, before, x);
    backward();
    const once = weightHh.gradient.slice();
    backward();
    expect(weightHh.gradient).toEqual(once.map((value) => 2 * value));
  });
});

describe("LinearHead", () => {
  it("LinearHead.backward() agrees with central differences", () => {
    const rng = new Rng(9);
    const head = new LinearHead(4, 3);
    head.weight.values.set(random(rng, 12));
    head.bias.values.set(random(rng, 3));
    const h = random(rng, 4);
    const y = new Float64Array(3);
    const direction = random(rng, 3);
    const loss = () => {
      head.forward(y, h);
      return dot(y, direction);
    };
    const dH = new Float64Array(4);
    head.backward(dH, direction, h);
    expectGradient("h", h, dH, loss);
    for (const { name, values, gradient } of [head.weight, head.bias]) {
      expectGradient(name, values, gradient, loss);
    }
  });
});

describe.each([...shapes, ...bidirectionalShapes])("%s", (name, shape) => {
  it(`${name}.backward() agrees with central differences over a batch that starts anew midway`, () => {
    const rng = new Rng(10);
    const network = new Network(shape);
    network.weights.set(random(rng, network.weights.length));
    const T = 5;
    const window = network.window(2, T);
    window.input.set(random(rng, window.input.length));
    window.initial.set(random(rng, window.initial.length));
    window.begins[T + 2] = 1;
    window.dOutput.set(random(rng, window.dOutput.length));
    const loss = () => {
      window.forward();
      return dot(window.output, window.dOutput);
    };
    loss();
    window.backward();
    expectGradient("weights", network.weights, network.gradients, loss);
  });
});
