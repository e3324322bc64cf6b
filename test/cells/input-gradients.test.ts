import { describe, expect, it } from "vitest";
import { KernelNetwork, Network, type Window } from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import { bidirectionalShapes, shapes } from "./networks.js";

const random = (rng: Rng, length: number) =>
  Float64Array.from({ length }, () => Math.fround(0.5 * rng.normal()));

const [B, T] = [2, 9];

/** A pass over random input in which sequence 1 starts anew at step 5, there and back. */
function pass(window: Window): void {
  const rng = new Rng(21);
  window.input.set(random(rng, window.input.length));
  window.initial.set(random(rng, window.initial.length));
  window.dOutput.set(random(rng, window.dOutput.length));
  window.begins[T + 5] = 1;
  window.forward();
  window.backward();
}

function create(shape: (typeof shapes)[number][1]): Network {
  const network = new Network(shape);
  network.weights.set(random(new Rng(20), network.weights.length));
  return network;
}

function initialGradients(window: Window): Float64Array {
  const gradients = new Float64Array(window.initial.length);
  window.gradientsBefore(gradients, 0);
  return gradients;
}

describe("Window.dInput and gradientsBefore(., 0)", () => {
  it.each(shapes)("%s: agree with central differences", (_, shape) => {
    const window = create(shape).window(B, T, { inputGradients: true });
    pass(window);
    const gradients = [window.dInput.slice(), initialGradients(window)] as const;
    const cost = () => {
      window.forward();
      return window.output.reduce((sum: number, y: number, i: number) => sum + y * window.dOutput[i]!, 0);
    };
    const epsilon = 1e-5;
    for (const [place, values] of [window.input, window.initial].entries()) {
      for (let i = 0; i < values.length; i++) {
        const value = values[i]!;
        values[i] = value + epsilon;
        const above = cost();
        values[i] = value - epsilon;
        const below = cost();
        values[i] = value;
        expect(gradients[place]![i], `${place}[${i}]`).toBeCloseTo((above - below) / (2 * epsilon), 8);
      }
    }
  });

  it.each([
    ...shapes,
    ...bidirectionalShapes,
    ["wide", { cell: "gru", inputs: 37, hidden: 21, layers: 2, outputs: 5 }] as (typeof shapes)[number],
  ])("%s: the kernel's are the reference's", (_, shape) => {
    const network = create(shape);
    const reference = network.window(B, T, { inputGradients: true });
    const kernel = KernelNetwork.from(network).window(B, T, { inputGradients: true });
    pass(reference);
    pass(kernel);
    const parts: readonly ((window: Window) => Float32Array | Float64Array)[] = [
      ({ dInput }) => dInput,
      initialGradients,
    ];
    for (const of of parts) {
      const expected = Float64Array.from(of(reference));
      const found = of(kernel);
      expect(found.length).toBe(expected.length);
      const largest = expected.reduce((most: number, g: number) => Math.max(most, Math.abs(g)), 1e-3);
      for (const [i, g] of found.entries()) {
        expect(Math.abs(g - expected[i]!) / largest, `${i}`).toBeLessThan(3e-6);
      }
    }
  });

  it("a window that was not asked for them has none, and learns the same", () => {
    const [, shape] = shapes[0]!;
    const gradients = [false, true].map((inputGradients) => {
      const network = KernelNetwork.from(create(shape));
      const window = network.window(B, T, { inputGradients });
      pass(window);
      expect(window.dInput.length > 0).toBe(inputGradients);
      const all = new Float32Array(network.weightCount);
      network.read("gradients", all);
      return all;
    });
    expect(gradients[1]).toEqual(gradients[0]);
  });
});
