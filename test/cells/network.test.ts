import { describe, expect, it } from "vitest";
import {
  Network,
  type NetworkShape,
  networkFromBytes,
  networkToBytes,
  weightCount,
} from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import { shapes } from "./networks.js";

const gru: NetworkShape = { cell: "gru", inputs: 3, hidden: 4, layers: 2, outputs: 2 };

describe("Network", () => {
  it("Network names its parameters as PyTorch does, with their shapes", () => {
    const network = new Network(gru);
    expect([...network.parameters].map(([name, { shape }]) => [name, shape])).toEqual([
      ["rnn.weight_ih_l0", [12, 3]],
      ["rnn.weight_hh_l0", [12, 4]],
      ["rnn.bias_ih_l0", [12]],
      ["rnn.bias_hh_l0", [12]],
      ["rnn.weight_ih_l1", [12, 4]],
      ["rnn.weight_hh_l1", [12, 4]],
      ["rnn.bias_ih_l1", [12]],
      ["rnn.bias_hh_l1", [12]],
      ["head.weight", [2, 4]],
      ["head.bias", [2]],
    ]);
  });

  it("Network's parameters are views that together fill its weights", () => {
    for (const [, shape] of shapes) {
      const network = new Network(shape);
      for (const parameter of network.parameters.values()) {
        parameter.values.fill(1);
        parameter.gradient.fill(2);
      }
      expect(network.weights).toHaveLength(weightCount(shape));
      expect(network.weights.every((weight) => weight === 1)).toBe(true);
      expect(network.gradients.every((gradient) => gradient === 2)).toBe(true);
    }
  });

  it("Network.parameter() refuses a name it does not have and says which it has", () => {
    expect(() => new Network(gru).parameter("rnn.weight")).toThrow(
      /expected rnn\.weight_ih_l0, .*found rnn\.weight/,
    );
  });

  it("Network refuses sizes that are not positive integers", () => {
    for (const hidden of [0, -1, 1.5, NaN]) {
      expect(() => new Network({ ...gru, hidden })).toThrow(
        expect.objectContaining({ code: "NETWORK_SHAPE", message: expect.stringContaining("hidden") }),
      );
    }
  });

  it("Network.initialize() makes recurrent matrices orthogonal gate by gate", () => {
    const values = new Network(gru).initialize(new Rng(3)).parameter("rnn.weight_hh_l1").values;
    for (let gate = 0; gate < 3; gate++) {
      for (let a = 0; a < 4; a++) {
        for (let b = 0; b < 4; b++) {
          let product = 0;
          for (let i = 0; i < 4; i++)
            product += values[(gate * 4 + a) * 4 + i]! * values[(gate * 4 + b) * 4 + i]!;
          expect(product).toBeCloseTo(a === b ? 1 : 0, 12);
        }
      }
    }
  });

  it("Network.initialize() lets an LSTM remember: forget bias 1, others 0", () => {
    const network = new Network({ ...gru, cell: "lstm" }).initialize(new Rng(3));
    expect([...network.parameter("rnn.bias_ih_l0").values]).toEqual([
      0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
    expect(network.parameter("rnn.bias_hh_l0").values.every((bias) => bias === 0)).toBe(true);
  });

  it("Network.initialize() with zeroHead answers 0 whatever comes", () => {
    const network = new Network(gru).initialize(new Rng(3), { zeroHead: true });
    const output = new Float64Array(2).fill(9);
    const state = new Float64Array(network.stateSize);
    network.step(output, state, new Float64Array([1, -2, 3]));
    expect([...output]).toEqual([0, 0]);
    expect(state.some((value) => value !== 0)).toBe(true);
  });

  it("Network.step() leaves the state unchanged when the weights make the output overflow", () => {
    const network = new Network(gru).initialize(new Rng(3));
    network.head.weight.values.fill(1e308);
    network.head.bias.values.fill(1.7e308);
    const state = new Float64Array(network.stateSize).fill(0.999);
    const output = new Float64Array(2);
    network.step(output, state, new Float64Array(3));
    expect(output.every(Number.isNaN)).toBe(true);
    expect(state.every((value) => value === 0.999)).toBe(true);
  });

  it("Network.window() runs on from a state as a sequence that led there, and begins anew where told", () => {
    const network = new Network(gru).initialize(new Rng(3));
    const rng = new Rng(4);
    const whole = network.window(1, 6);
    for (let i = 0; i < whole.input.length; i++) whole.input[i] = rng.normal();
    whole.forward();
    const outputs = whole.output.slice();
    const rest = network.window(1, 2);
    rest.input.set(whole.input.subarray(12));
    whole.statesBefore(rest.initial, 4);
    rest.forward();
    expect(rest.output).toEqual(outputs.slice(8));

    whole.begins[4] = 1;
    whole.forward();
    rest.initial.fill(0);
    rest.forward();
    expect(whole.output.slice(0, 8)).toEqual(outputs.slice(0, 8));
    expect(whole.output.slice(8)).toEqual(rest.output);
  });
});

describe("networkToBytes() and networkFromBytes()", () => {
  it.each(shapes)("networkFromBytes() gives back the very %s", (_name, shape) => {
    const network = new Network(shape, "pump-7").initialize(new Rng(5));
    const bytes = networkToBytes(network);
    const again = networkFromBytes(bytes, "pump-7");
    expect(again.shape).toEqual(shape.cell === "rnn" ? { nonlinearity: "tanh", ...shape } : shape);
    expect(again.weights).toEqual(network.weights);
    expect(networkToBytes(again)).toEqual(bytes);
  });

  it("networkFromBytes() refuses every damaged byte and every cut, naming the network", () => {
    const bytes = networkToBytes(new Network({ ...gru, layers: 1 }).initialize(new Rng(5)));
    const corrupt = expect.objectContaining({
      code: "NETWORK_CORRUPT",
      message: expect.stringContaining('network "pump-7"'),
    });
    for (let at = 0; at < bytes.length; at += 7) {
      const damaged = bytes.slice();
      damaged[at]! ^= 0x10;
      expect(() => networkFromBytes(damaged, "pump-7")).toThrow(corrupt);
      expect(() => networkFromBytes(bytes.subarray(0, at), "pump-7")).toThrow(corrupt);
    }
    expect(() => networkFromBytes(new TextEncoder().encode("hello, world"), "pump-7")).toThrow(corrupt);
  });

  it("networkFromBytes() refuses weights that are not finite", () => {
    const network = new Network(gru);
    network.weights[3] = NaN;
    expect(() => networkFromBytes(networkToBytes(network))).toThrow(
      /expected finite weights, found NaN at 3/,
    );
  });
});
