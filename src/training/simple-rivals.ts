import { Ridge, ridgeForecast } from "./baselines/index.js";
import { runningMeanOutputs } from "./running-mean-outputs.js";
import type { TrainingJob, TrainingSequence } from "./training-job.js";
import { absoluteErrors, joined } from "./validate.js";

const PENALTY = 1e-2;

/** A sequence as a horizon's network sees it: what it is trained on, and what it is validated by. */
export interface RivalPiece {
  readonly sequence: TrainingSequence;
  /** [T, targets] NaN where it isn't judged */
  readonly wanted: Float64Array;
  /** [T, targets] NaN where it doesn't train */
  readonly training: Float64Array;
}

/** Errors of simple forecasts on the validation part, at every known target, in usual steps; by name. */
export type RivalErrors = Readonly<Record<string, Float64Array>>;

/**
 * What a network has to do as well as: the running mean, the values a season ago, and a ridge regression on its own
 * inputs, fitted on the training part.
 *
 * @param h index of the horizon
 * @param known `knownTargets` of the pieces
 */
export function simpleRivals(
  { inputs, targets, horizons, seasons = [] }: TrainingJob,
  pieces: readonly RivalPiece[],
  h: number,
  known: Float64Array,
): RivalErrors {
  const said = (of: (x: Float64Array, target: number) => number): Float64Array =>
    absoluteErrors(
      joined(
        pieces.map(({ sequence, wanted }) => {
          const outputs: number[] = [];
          for (const [at, value] of wanted.entries()) {
            const x = sequence.x.subarray(Math.floor(at / targets) * inputs);
            if (!Number.isNaN(value)) outputs.push(of(x.subarray(0, inputs), at % targets));
          }
          return Float64Array.from(outputs);
        }),
      ),
      known,
    );
  const seasonal = seasons.map(({ name, inputs: own }) => [
    name,
    said((x, target) => x[own[target * horizons.length + h] ?? -1] ?? 0),
  ]);
  const ridges = Array.from({ length: targets }, (_, target) => ridgeOf(pieces, inputs, targets, target));
  const ridge = ridges.includes(undefined)
    ? []
    : [["ridge", said((x, target) => ridgeForecast(ridges[target]!, x))]];
  const average = absoluteErrors(runningMeanOutputs(pieces, { targets, horizons }, h), known);
  return Object.fromEntries([["mean", average], ...seasonal, ...ridge]);
}

/** undefined where there are fewer rows than four for each weight. */
function ridgeOf(
  pieces: readonly RivalPiece[],
  inputs: number,
  targets: number,
  target: number,
): Float64Array | undefined {
  const ridge = new Ridge(inputs);
  for (const { sequence, training } of pieces) {
    for (let t = 0; t < sequence.begins.length; t++) {
      const wanted = training[t * targets + target] ?? Number.NaN;
      if (!Number.isNaN(wanted)) ridge.add(sequence.x.subarray(t * inputs, (t + 1) * inputs), wanted);
    }
  }
  return ridge.rows < 4 * (inputs + 1) ? undefined : ridge.solve(PENALTY);
}
