import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Network, type NetworkShape } from "../../src/cells/index.js";
import {
  Adam,
  AdamW,
  crossEntropyLoss,
  GuardedUpdate,
  type Optimizer,
  Sgd,
  squaredLoss,
  Tbptt,
  type UpdateReport,
} from "../../src/training/index.js";
import { sharedData, sharedDataHint } from "../support/shared-data.js";

type Tensors = Readonly<
  Record<string, { readonly dims: readonly number[]; readonly data: readonly number[] }>
>;

/** A training run that PyTorch 1.13 made in float64. */
interface Trajectory {
  readonly cell: "RNN" | "GRU" | "LSTM";
  readonly I: number;
  readonly H: number;
  readonly layers: number;
  readonly O: number;
  readonly B: number;
  readonly T: number;
  readonly k1: number;
  readonly k2: number;
  readonly optimizer: "SGD" | "Adam" | "AdamW";
  readonly lr: number;
  readonly clipNorm: number;
  readonly loss: "mse" | "xent";
  readonly input: readonly number[];
  readonly target: readonly number[];
  readonly initial: Tensors;
  readonly updates: readonly {
    readonly step: number;
    readonly loss: number;
    readonly gradNorm: number;
    readonly clippedGradients?: Readonly<Record<string, readonly number[]>>;
  }[];
  readonly final: Tensors;
}

const FILES = ["rnn_tanh_adam_k12", "gru_adam_k16", "lstm_sgd_k8_16", "lstm2_xent_adamw_k16"];
const CELLS = { RNN: "rnn", GRU: "gru", LSTM: "lstm" } as const;

/** Two float64 implementations differ by rounding, which training magnifies a little. */
const LOSS_TOLERANCE = 1e-11;
const WEIGHT_TOLERANCE = 1e-9;

function optimizer(run: Trajectory, size: number): Optimizer {
  if (run.optimizer === "SGD") return new Sgd(size, { learningRate: run.lr });
  if (run.optimizer === "Adam") return new Adam(size, { learningRate: run.lr });
  return new AdamW(size, { learningRate: run.lr });
}

/** Largest relative difference, where values below 1 count absolutely. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let worst = 0;
  for (let i = 0; i < b.length; i++) {
    worst = Math.max(worst, Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(b[i]!)));
  }
  return worst;
}

describe.skipIf(!sharedData)(`PyTorch's training trajectories${sharedDataHint}`, () => {
  it.each(FILES)("Tbptt.learn() follows %s: losses, norms, first gradients and final weights", (file) => {
    const run: Trajectory = JSON.parse(
      readFileSync(join(sharedData ?? "", "torch-training", `${file}.json`), "utf8"),
    );
    const shape: NetworkShape = {
      cell: CELLS[run.cell],
      inputs: run.I,
      hidden: run.H,
      layers: run.layers,
      outputs: run.O,
    };
    const network = new Network(shape);
    expect([...network.parameters.keys()].sort()).toEqual(Object.keys(run.initial).sort());
    for (const [name, { dims, data }] of Object.entries(run.initial)) {
      expect(network.parameter(name).shape).toEqual(dims);
      network.parameter(name).values.set(data);
    }
    const update = new GuardedUpdate(optimizer(run, network.weights.length), run.clipNorm);
    const tbptt = new Tbptt(
      network,
      [run.k1, run.k2],
      run.loss === "xent" ? crossEntropyLoss : squaredLoss,
      update,
    );

    const reports: (UpdateReport & { step: number })[] = [];
    tbptt.learn(
      {
        batch: run.B,
        steps: run.T,
        input: Float64Array.from(run.input),
        target: Float64Array.from(run.target),
      },
      (report, step) => {
        for (const [name, data] of Object.entries(run.updates[reports.length]?.clippedGradients ?? {})) {
          expect(difference(network.parameter(name).gradient, data), name).toBeLessThan(LOSS_TOLERANCE);
        }
        reports.push({ ...report, step });
      },
    );

    expect(reports.map(({ step }) => step)).toEqual(run.updates.map(({ step }) => step));
    const losses = reports.map(({ loss }, i) => Math.abs(loss / (run.updates[i]?.loss ?? NaN) - 1));
    const norms = reports.map(({ gradientNorm }, i) =>
      Math.abs(gradientNorm / (run.updates[i]?.gradNorm ?? NaN) - 1),
    );
    expect(Math.max(...losses)).toBeLessThan(LOSS_TOLERANCE);
    expect(Math.max(...norms)).toBeLessThan(LOSS_TOLERANCE);
    expect(run.updates[0]?.clippedGradients).toBeDefined();
    expect(update.clipped).toBe(run.updates.filter(({ gradNorm }) => gradNorm > run.clipNorm).length);
    expect(update.refused).toBe(0);
    for (const [name, { data }] of Object.entries(run.final)) {
      expect(difference(network.parameter(name).values, data), name).toBeLessThan(WEIGHT_TOLERANCE);
    }
  });
});
