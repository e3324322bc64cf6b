import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KernelNetwork, Network, type NetworkShape, type TrainableNetwork } from "../../src/cells/index.js";
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

/** Who learns, and how far losses and weights may be from PyTorch's. */
const LEARNERS: readonly (readonly [string, (start: Network) => TrainableNetwork, number, number])[] = [
  // Two float64 implementations differ by rounding, which training magnifies a little.
  ["the reference", (start) => start, 1e-11, 1e-9],
  // So do float64 and float32.
  ["the kernel", (start) => KernelNetwork.from(start), 1e-5, 1e-4],
];

function optimizer(run: Trajectory): Optimizer {
  if (run.optimizer === "SGD") return new Sgd({ learningRate: run.lr });
  if (run.optimizer === "Adam") return new Adam({ learningRate: run.lr });
  return new AdamW({ learningRate: run.lr });
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

const RUNS = FILES.flatMap((file) => LEARNERS.map((learner) => [file, ...learner] as const));

describe.skipIf(!sharedData)(`PyTorch's training trajectories${sharedDataHint}`, () => {
  it.each(RUNS)(
    "Tbptt.learn() follows %s by %s: losses, norms, first gradients and final weights",
    (file, _, from, ...tolerances) => {
      const [lossTolerance, weightTolerance] = tolerances;
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
      // Holds what comes and goes under its parameters' names.
      const named = new Network(shape);
      expect([...named.parameters.keys()].sort()).toEqual(Object.keys(run.initial).sort());
      for (const [name, { dims, data }] of Object.entries(run.initial)) {
        expect(named.parameter(name).shape).toEqual(dims);
        named.parameter(name).values.set(data);
      }
      const network = from(named);
      const update = new GuardedUpdate(network, optimizer(run), run.clipNorm);
      const tbptt = new Tbptt(update, [run.k1, run.k2], run.loss === "xent" ? crossEntropyLoss : squaredLoss);

      const reports: (UpdateReport & { step: number })[] = [];
      tbptt.learn(
        {
          batch: run.B,
          steps: run.T,
          input: Float64Array.from(run.input),
          target: Float64Array.from(run.target),
        },
        (report, step) => {
          network.read("gradients", named.gradients);
          const clip = Math.min(1, run.clipNorm / (report.gradientNorm + 1e-6));
          for (const [name, data] of Object.entries(run.updates[reports.length]?.clippedGradients ?? {})) {
            const clipped = named.parameter(name).gradient.map((g) => clip * g);
            expect(difference(clipped, data), name).toBeLessThan(lossTolerance);
          }
          reports.push({ ...report, step });
        },
      );

      expect(reports.map(({ step }) => step)).toEqual(run.updates.map(({ step }) => step));
      const losses = reports.map(({ loss }, i) => Math.abs(loss / (run.updates[i]?.loss ?? NaN) - 1));
      const norms = reports.map(({ gradientNorm }, i) =>
        Math.abs(gradientNorm / (run.updates[i]?.gradNorm ?? NaN) - 1),
      );
      expect(Math.max(...losses)).toBeLessThan(lossTolerance);
      expect(Math.max(...norms)).toBeLessThan(lossTolerance);
      expect(run.updates[0]?.clippedGradients).toBeDefined();
      expect(update.clipped).toBe(run.updates.filter(({ gradNorm }) => gradNorm > run.clipNorm).length);
      expect(update.refused).toBe(0);
      network.read("weights", named.weights);
      for (const [name, { data }] of Object.entries(run.final)) {
        expect(difference(named.parameter(name).values, data), name).toBeLessThan(weightTolerance);
      }
    },
  );
});
