import { describe, expect, it } from "vitest";
import { KernelNetwork, Network, type Window } from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import { bidirectionalShapes, shapes } from "./networks.js";

const random = (rng: Rng, length: number) =>
  Float64Array.from({ length }, () => Math.fround(0.5 * rng.normal()));

const [B, T] = [2, 12];

/** A pass over random input in which sequence 1 starts anew at step 5, there and back. */
function pass(window: Window): void {
  const rng = new Rng(11);
  window.input.set(random(rng, window.input.length));
  window.initial.set(random(rng, window.initial.length));
  window.dOutput.set(random(rng, window.dOutput.length));
  window.begins[T + 5] = 1;
  window.forward();
  window.backward();
}

function create(shape: (typeof shapes)[number][1]): Network {
  const network = new Network(shape);
  network.weights.set(random(new Rng(10), network.weights.length));
  return network;
}

function gradientsBefore(window: Window, t: number, stateSize: number): Float64Array {
  const gradients = new Float64Array(B * stateSize);
  window.gradientsBefore(gradients, t);
  return gradients;
}

describe("Window.gradientsBefore()", () => {
  it.each(shapes)(
    "%s: agrees with central differences of what later steps cost, in the top layer",
    (_, shape) => {
      const network = create(shape);
      const S = network.stateSize;
      const whole = network.window(B, T);
      pass(whole);
      const t = 7;
      // Steps t and later, from the state before them; what step t - 1 itself costs is left out.
      const rest = network.window(B, T - t);
      for (let b = 0; b < B; b++) {
        const part = (from: Window["input"], to: Window["input"]) => {
          const each = from.length / B;
          to.set(from.subarray(b * each + (each / T) * t, (b + 1) * each), b * (each / T) * (T - t));
        };
        part(whole.input, rest.input);
        part(whole.dOutput, rest.dOutput);
      }
      for (let b = 0; b < B; b++)
        whole.dOutput.fill(0, (b * T + t - 1) * shape.outputs, (b * T + t) * shape.outputs);
      network.clearGradients();
      whole.forward();
      whole.backward();
      const gradients = gradientsBefore(whole, t, S);

      whole.statesBefore(rest.initial, t);
      const cost = () => {
        rest.forward();
        return rest.output.reduce((sum, y, i) => sum + y * rest.dOutput[i]!, 0);
      };
      const epsilon = 1e-5;
      for (let i = 0; i < B * S; i++) {
        // A lower layer's state reaches the later steps through the layers above too.
        if (i % S < S - S / shape.layers) continue;
        const value = rest.initial[i]!;
        rest.initial[i] = value + epsilon;
        const above = cost();
        rest.initial[i] = value - epsilon;
        const below = cost();
        rest.initial[i] = value;
        expect(gradients[i]).toBeCloseTo((above - below) / (2 * epsilon), 8);
      }
    },
  );

  it.each([...shapes, ...bidirectionalShapes])(
    "%s: the kernel's are the reference's, at every step",
    (_, shape) => {
      const network = create(shape);
      const reference = network.window(B, T);
      const kernel = KernelNetwork.from(network).window(B, T);
      pass(reference);
      pass(kernel);
      for (let t = 1; t <= T; t++) {
        const expected = gradientsBefore(reference, t, network.stateSize);
        const largest = expected.reduce((most, g) => Math.max(most, Math.abs(g)), 1e-3);
        const off = gradientsBefore(kernel, t, network.stateSize).map((g, i) => Math.abs(g - expected[i]!));
        expect(Math.max(...off) / largest, `before step ${t}`).toBeLessThan(3e-6);
      }
    },
  );

  it("Window.gradientsBefore(): nothing reaches a step from behind the beginning of a sequence", () => {
    for (const [, shape] of shapes) {
      const network = KernelNetwork.from(create(shape));
      const window = network.window(B, T);
      pass(window);
      for (let t = 1; t < 5; t++)
        window.dOutput.fill(0, (T + t - 1) * shape.outputs, (T + 5) * shape.outputs);
      window.forward();
      window.backward();
      const gradients = gradientsBefore(window, 5, network.stateSize);
      const half = network.stateSize;
      expect(gradients.subarray(half).every((g) => g === 0)).toBe(true);
      expect(gradients.subarray(0, half).some((g) => g !== 0)).toBe(true);
    }
  });
});
