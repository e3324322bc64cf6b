import { describe, expect, it } from "vitest";
import { type CellKind, KernelNetwork, Network } from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import {
  Adam,
  GuardedUpdate,
  gradientReach,
  type SequenceBatch,
  squaredLoss,
  Tbptt,
} from "../../src/training/index.js";
import { learners, weightsOf } from "./learners.js";

const [B, T, I, H] = [3, 600, 2, 32];

/** Random input of a size; targets are known. */
function lanes(size: number, begins = new Uint8Array(B * T)): SequenceBatch {
  const rng = new Rng(1);
  const input = Float64Array.from({ length: B * T * I }, () => size * rng.normal());
  return { batch: B, steps: T, input, target: new Float64Array(B * T), begins };
}

function create(cell: CellKind, layers = 1): Network {
  return new Network({ cell, inputs: I, hidden: H, layers, outputs: 1 }).initialize(new Rng(2));
}

/** A tanh RNN whose W_hh is orthogonal times `radius`: near rest its gradients shrink or grow by that at every step. */
function rnn(radius: number): Network {
  const network = create("rnn");
  const { values } = network.parameter("rnn.weight_hh_l0");
  for (let i = 0; i < values.length; i++) values[i]! *= radius;
  return network;
}

const reachOf = (network: Network, size = 0.5) => gradientReach(KernelNetwork.from(network), lanes(size), 64);

describe("gradientReach()", () => {
  it("gradientReach(): a tanh rnn at rest shrinks by its recurrent matrix's spectral radius, step by step", () => {
    const [layer] = reachOf(rnn(0.5), 0);
    expect(layer?.distances).toEqual([0, 1, 2, 4, 8, 16, 32, 64]);
    for (const [i, distance] of layer!.distances.entries())
      expect(layer!.norms[i]).toBeCloseTo(0.5 ** distance, 6);
    // 2^-6 is more than 1 %, 2^-7 less.
    expect(layer).toMatchObject({ steps: 6, depth: 64, largest: { norm: 1, distance: 0 } });
  });

  it("gradientReach(): one of spectral radius 1.5 explodes", () => {
    const [layer] = reachOf(rnn(1.5), 0);
    expect(layer?.steps).toBe(64);
    expect(layer?.largest.distance).toBe(64);
    expect(layer!.largest.norm / 1.5 ** 64).toBeCloseTo(1, 3);
  });

  it("gradientReach(): states that are far from rest shrink gradients further", () => {
    expect(reachOf(rnn(0.9), 1)[0]!.steps).toBeLessThan(reachOf(rnn(0.9), 0)[0]!.steps);
  });

  it.each([
    ["gru", "update", 1],
    ["lstm", "forget", 1],
  ] as const)(
    "gradientReach(): a %s whose %s gate is open keeps gradients over all steps",
    (cell, _, gate) => {
      const shut = create(cell);
      shut.parameter("rnn.bias_ih_l0").values.fill(-1, gate * H, (gate + 1) * H);
      const open = create(cell);
      open.parameter("rnn.bias_ih_l0").values.fill(4, gate * H, (gate + 1) * H);
      expect(reachOf(shut)[0]!.steps).toBeLessThan(20);
      expect(reachOf(open)[0]).toMatchObject({ steps: 64, depth: 64 });
    },
  );

  it("gradientReach() tells layer from layer, and gives the reference's in the kernel", () => {
    for (const cell of ["rnn", "gru", "lstm"] as const) {
      const network = create(cell, 2);
      const expected = gradientReach(network, lanes(0.5), 16);
      const found = gradientReach(KernelNetwork.from(network), lanes(0.5), 16);
      expect(found).toHaveLength(2);
      expect(found[0]!.norms[2]).not.toBe(found[1]!.norms[2]);
      for (const [layer, { norms }] of expected.entries()) {
        for (const [i, norm] of norms.entries()) expect(found[layer]!.norms[i]! / norm).toBeCloseTo(1, 4);
      }
    }
  });

  it("gradientReach() looks at no step beyond the beginning of a sequence", () => {
    const begins = new Uint8Array(B * T);
    for (let row = 0; row < B * T; row += 20) begins[row] = 1;
    const [layer] = gradientReach(KernelNetwork.from(create("gru")), lanes(0.5, begins), 64);
    expect(layer?.depth).toBe(19);
    expect(layer?.norms.at(-1)).toBeGreaterThan(0);
  });

  it("gradientReach() is empty where nothing is to be seen: no history, no target, a head of zeros", () => {
    const network = KernelNetwork.from(create("gru"));
    const none = new Float64Array(0);
    expect(gradientReach(network, { batch: 1, steps: 0, input: none, target: none }, 64)).toEqual([]);
    const unknown = { ...lanes(1), target: new Float64Array(B * T).fill(NaN) };
    expect(gradientReach(network, unknown, 64)).toEqual([]);
    const silent = new Network(network.shape).initialize(new Rng(2), { zeroHead: true });
    expect(gradientReach(silent, lanes(1), 64)).toEqual([]);
  });

  it.each(learners)(
    "gradientReach() between updates of a %s changes nothing that is learned",
    (_, { create }) => {
      const learn = (isProbed: boolean) => {
        const network = create({ cell: "lstm", inputs: I, hidden: 4, layers: 2, outputs: 1 }, 3);
        const tbptt = new Tbptt(
          new GuardedUpdate(network, new Adam({ learningRate: 1e-2 }), 1),
          [60, 60],
          squaredLoss,
        );
        const some = { ...lanes(0.5), target: lanes(1).input.filter((_, i) => i % I === 0) };
        tbptt.learn(some, () => {
          if (isProbed) gradientReach(network, some, 16);
        });
        return weightsOf(network);
      };
      expect(learn(true)).toEqual(learn(false));
    },
  );
});
