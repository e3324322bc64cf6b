import { Rng } from "../core/index.js";
import { forecastTargets } from "./forecast-targets.js";
import { gradientAdvice } from "./gradient-advice.js";
import { gradientReach } from "./gradient-reach.js";
import { cutLanes } from "./lanes.js";
import { leaveOut } from "./leave-out.js";
import { huberLoss } from "./loss.js";
import { atOnce, type Pace } from "./pace.js";
import type { TuningReport } from "./tend-job.js";
import { type Trainee, TraineeAtWork } from "./trainee.js";
import type { TrainingSequence } from "./training-job.js";

/*
 * Constants chosen on nyc_taxi, five steps ahead, trained on the first 5,000 records and fine-tuned weekly.
 */
const UPDATES = 200;
const LEARNING_RATE = 1e-3;
const OPTIONS = { weightDecay: 0.3, clipNorm: 1 };
const AVERAGE_DECAY = 0.99;
/** Windows an update takes, half of them recent: on the newest alone a network forgets the rest. */
const WINDOWS = 8;
const WINDOW_STEPS = 96;
/** Steps at a window's begin that only warm its state up. */
const WARM_STEPS = 24;
const RECENT_STEPS = 1344;
/** A loss this many times that of the first updates has run away. */
const RUNAWAY = 8;
const FIRST = 20;
/** Newest steps of the longest sequence in which gradients are looked at. */
const PROBED = 1024;

/**
 * Fine-tunes the network of one horizon on windows of history, half of them from the newest quarter of a key's
 * (1,344 steps at least, or those since the stream last changed, if they are fewer), half from all of it. Stretches where a sensor stands still, or errs by more
 * than eight usual steps, are left out.
 *
 * @param index of the horizon
 * @returns the trainee, and how it went; the trainee as it was if its loss ran away
 */
export function fineTune(
  trainee: Trainee,
  sequences: readonly TrainingSequence[],
  targets: number,
  horizons: readonly number[],
  index: number,
  options: {
    readonly seed: number;
    readonly unused: readonly number[];
    /** Default 1e-3. */
    readonly learningRate?: number;
    /** Whether to look how far back its gradients reach, at the end; default false. */
    readonly probes?: boolean;
    /** Between updates. */
    readonly pace?: Pace;
  },
): { trainee: Trainee; report: TuningReport } {
  const parts = sequences.map((sequence) => {
    const T = sequence.begins.length;
    const wanted = leaveOut(
      forecastTargets(sequence, targets, horizons, index, T, "learning"),
      sequence.y,
      targets,
    );
    return { sequence, wanted, T };
  });
  const total = parts.reduce((sum, { T }) => sum + T, 0);
  const longest = parts.reduce((most, { T }) => Math.max(most, T), 0);
  const n = Math.min(WINDOW_STEPS, longest);
  const empty = {
    updates: 0,
    loss: 0,
    gradientNorm: { median: 0, largest: 0 },
    clipped: 0,
    refused: 0,
    layers: [],
    advice: [],
  };
  if (n < 2 * WARM_STEPS) return { trainee, report: { ...empty, diverged: false } };

  const work = new TraineeAtWork(
    trainee,
    { ...OPTIONS, learningRate: options.learningRate ?? LEARNING_RATE },
    AVERAGE_DECAY,
  );
  const { pace = atOnce } = options;
  const I = trainee.network.inputs;
  const rng = new Rng(options.seed);
  const window = work.kernel.window(WINDOWS, n);
  const loss = huberLoss();
  const target = new Float64Array(WINDOWS * n * targets);
  const output = new Float64Array(target.length);
  const gradient = new Float64Array(target.length);
  const losses: number[] = [];
  const norms: number[] = [];

  const pick = () => {
    let at = rng.integer(total);
    for (const part of parts) {
      if (at < part.T) return part.T >= n ? part : parts.find(({ T }) => T === longest)!;
      at -= part.T;
    }
    return parts[0]!;
  };
  for (let u = 0; u < UPDATES; u++) {
    target.fill(Number.NaN);
    for (let b = 0; b < WINDOWS; b++) {
      const { sequence, wanted, T } = pick();
      const recent = Math.min(T, Math.max(n, sequence.recent ?? T), Math.max(n, RECENT_STEPS, T >> 2));
      const first = b < WINDOWS / 2 ? T - recent : 0;
      const from = first + rng.integer(T - first - n + 1);
      window.input.set(sequence.x.subarray(from * I, (from + n) * I), b * n * I);
      window.begins.set(sequence.begins.subarray(from, from + n), b * n);
      window.begins[b * n] = 1;
      const known = wanted.subarray((from + WARM_STEPS) * targets, (from + n) * targets);
      target.set(known, (b * n + WARM_STEPS) * targets);
    }
    for (const input of options.unused) {
      for (let at = input; at < window.input.length; at += I) window.input[at] = 0;
    }
    window.forward();
    output.set(window.output);
    const value = loss(gradient, output, target);
    window.dOutput.set(gradient);
    work.kernel.clearGradients();
    window.backward();
    const { applied, gradientNorm } = work.update.apply(value);
    work.average();
    pace();
    losses.push(value);
    if (applied) norms.push(gradientNorm);
    if (value > RUNAWAY * (mean(losses.slice(0, FIRST)) + 1e-6) && u >= FIRST) break;
  }
  norms.sort((a, b) => a - b);
  const diverged = losses.length < UPDATES || work.update.refused > UPDATES / 10;
  const { refused, clipped } = work.update;
  const layers = options.probes ? gradientReach(work.kernel, newest(parts, I, targets), WINDOW_STEPS) : [];
  const { cell } = trainee.network.shape;
  const findings = { cell, k2: WINDOW_STEPS, updates: losses.length, refused, layers, leftover: null };
  const report: TuningReport = {
    updates: losses.length,
    loss: mean(losses),
    gradientNorm: { median: norms[norms.length >> 1] ?? 0, largest: norms.at(-1) ?? 0 },
    clipped,
    refused,
    diverged,
    layers,
    advice: gradientAdvice(findings),
  };
  return { trainee: diverged ? trainee : work.finish(), report };
}

/** The end of the longest sequence, as one lane. */
function newest(
  parts: readonly {
    readonly sequence: TrainingSequence;
    readonly wanted: Float64Array;
    readonly T: number;
  }[],
  inputs: number,
  targets: number,
) {
  const { sequence, wanted, T } = parts.reduce((a, b) => (b.T > a.T ? b : a));
  const from = Math.max(0, T - PROBED);
  const piece = {
    x: sequence.x.subarray(from * inputs),
    wanted: wanted.subarray(from * targets),
    begins: sequence.begins.slice(from),
    steps: T - from,
  };
  return cutLanes([piece], inputs, targets, 1);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
