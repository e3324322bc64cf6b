import type { CellKind } from "../cells/index.js";
import { problem } from "../core/index.js";
import type { GradientHealth } from "./gradient-health.js";
import type { SeasonInputs } from "./starter.js";

/** Epochs unless the job says otherwise. */
export const DEFAULT_EPOCHS = 60;
/** Learning rate of a training from scratch, unless the job says otherwise. */
export const DEFAULT_RATE = 4e-3;

/** How doubtful a value is: not to be judged by, or not to be learned from either. */
export const DOUBT = { none: 0, judging: 1, learning: 2 } as const;

/** One key's history, in time order: T events. */
export interface TrainingSequence {
  /** [T, I] network inputs */
  readonly x: Float64Array;
  /** [T, targets] raw values */
  readonly y: Float64Array;
  /** [T, targets, horizons] mean |y[t] - y[t-h]| as known at t; 0 while unknown */
  readonly scale: Float64Array;
  /** [T] 1 where the state is reset before the step */
  readonly begins: Uint8Array;
  /** [T] `DOUBT`: what a value is good for where an alert was open, say; absent: for all everywhere. */
  readonly doubtful?: Uint8Array;
  /** Events at its end since the forecasts' errors last changed for good; absent: they never did. */
  readonly recent?: number;
}

/** All that training a forecaster needs: plain data, so that it can cross to a worker thread. */
export interface TrainingJob {
  readonly seed: number;
  readonly cell: CellKind;
  readonly hidden: number;
  readonly layers: number;
  /** Networks for each horizon, whose mean is the forecast. */
  readonly members: number;
  /** I */
  readonly inputs: number;
  readonly targets: number;
  /** In steps, each at least 1. */
  readonly horizons: readonly number[];
  /** (k1, k2) */
  readonly tbptt: readonly [number, number];
  readonly sequences: readonly TrainingSequence[];
  /** Inputs that get no weight, since the history doesn't hold their cycle; by index. */
  readonly unused?: readonly number[];
  /** Inputs that are seasonal forecasts: a network has to beat them too; default none. */
  readonly seasons?: readonly SeasonInputs[];
  /** Forecaster to start from (`forecasterToBytes`): fine-tuning. It must be beaten too. */
  readonly initial?: Uint8Array;
  /** For each network; default 60 (`DEFAULT_EPOCHS`). */
  readonly maxEpochs?: number;
  /** At first; default 0.004 (`DEFAULT_RATE`), from an initial forecaster 0.001. */
  readonly learningRate?: number;
  /**
   * Networks that an interrupted training of this very job has finished (`TrainingProgress.finished`), in order;
   * absent: nobody keeps them.
   */
  readonly finished?: readonly Uint8Array[];
}

/** How the gradients of one horizon's networks fared. */
export interface HorizonGradients {
  readonly horizon: number;
  readonly networks: readonly GradientHealth[];
}

/** What came of a training job: plain data. */
export interface TrainingResult {
  /** The network forecasts the validation part better than its rivals. */
  readonly accepted: boolean;
  /** `forecasterToBytes` of the best networks. */
  readonly forecaster: Uint8Array;
  /** Number of weights. */
  readonly parameters: number;
  readonly epochs: number;
  /** Updates whose gradient was clipped. */
  readonly clipped: number;
  /** Mean absolute errors in units of scale; NaN when there was nothing to validate on. */
  readonly validation: {
    readonly network: number;
    readonly persistence: number;
    /** Of the running mean. */
    readonly mean?: number;
    /** Of the best seasonal forecast; absent without any. */
    readonly seasonal?: number;
    /** Of a ridge regression on the same inputs; absent where history is too short for one. */
    readonly ridge?: number;
    /** Of `initial`. */
    readonly incumbent?: number;
  };
  readonly gradients: readonly HorizonGradients[];
  /** For people. */
  readonly why: string;
}

export interface TrainingProgress {
  /** Counted through all networks: each has the same number of them at most. */
  readonly epoch: number;
  /** At most, of all networks. */
  readonly epochs: number;
  /** Mean training loss of this epoch's updates. */
  readonly loss: number;
  /** Mean absolute error on the validation part, in units of scale. */
  readonly validation: number;
  /** The network that has just been finished, with all that is known of it, where the job keeps them. */
  readonly finished?: Uint8Array;
}

/**
 * @throws RangeError code `TRAINING_JOB` when a sequence's arrays do not fit together, a count or horizon
 *   is not a positive integer, or a value is not finite
 */
export function checkJob(job: TrainingJob): void {
  const refuse = (on: string, expected: string, found: string) => {
    throw problem(RangeError, { code: "TRAINING_JOB", action: "train forecaster", on, expected, found });
  };
  const { inputs, targets, horizons, members, maxEpochs = DEFAULT_EPOCHS } = job;
  for (const [name, count] of Object.entries({ targets, members, maxEpochs })) {
    if (!Number.isInteger(count) || count < 1) refuse(`with ${name}`, "a positive integer", String(count));
  }
  if (horizons.length === 0 || horizons.some((h) => !Number.isInteger(h) || h < 1)) {
    refuse("for its horizons", "positive integers", `[${horizons.join(", ")}]`);
  }
  job.sequences.forEach((sequence, index) => {
    const T = sequence.begins.length;
    const widths = { x: inputs, y: targets, scale: targets * horizons.length };
    for (const name of ["x", "y", "scale"] as const) {
      const values = sequence[name];
      const on = `on sequence ${index}`;
      if (values.length !== T * widths[name]) {
        refuse(on, `${T} x ${widths[name]} values in ${name}`, String(values.length));
      }
      const bad = values.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0) refuse(on, `finite ${name}`, `${values[bad]} at step ${Math.floor(bad / widths[name])}`);
    }
    const negative = sequence.scale.findIndex((value) => value < 0);
    if (negative >= 0)
      refuse(`on sequence ${index}`, "scale of at least 0", String(sequence.scale[negative]));
  });
}
