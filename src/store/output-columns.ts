import type { Ahead, Prediction, TargetForecast } from "../core/index.js";

/** The columns of `outputs` that hold a prediction, in the table's order. */
export type OutputColumns = readonly [
  value: number | null,
  forecast: number | null,
  lower: number | null,
  upper: number | null,
  residual: number | null,
  score: number | null,
  alert: 0 | 1,
  model: string,
  more: string | null,
];

/** A number in JSON text, which has no -0. */
type Written = number | "-0" | null;

/**
 * The column `more`: what the columns for the first target don't hold. `targets` are the further ones,
 * [value, forecast, lower, upper, residual] each, null if there is not even a first; `next` has one list
 * per target of [steps, forecast, lower, upper]; `class` is [label, probability].
 */
interface More {
  readonly targets?: readonly (readonly Written[])[] | null;
  readonly next?: readonly (readonly (readonly Written[])[])[];
  readonly class?: readonly [label: string, probability: number];
}

function write(value: number | null): Written {
  return Object.is(value, -0) ? "-0" : value;
}

function read(written: Written | undefined): number | null {
  return written === "-0" ? -0 : (written ?? null);
}

/** A number that must be there: one that was not finite was written as null. */
function number(value: number | null): number {
  return value ?? Number.NaN;
}

export function outputToColumns(prediction: Prediction): OutputColumns {
  const { targets, score, alert, model } = prediction;
  const first = targets[0];
  return [
    first?.value ?? null,
    first?.forecast ?? null,
    first?.lower ?? null,
    first?.upper ?? null,
    first?.residual ?? null,
    score,
    alert ? 1 : 0,
    model,
    moreText(prediction),
  ];
}

function moreText({ targets, next, classification }: Prediction): string | null {
  if (targets.length === 1 && next.length === 0 && classification === undefined) return null;
  const more: More = {
    ...(targets.length === 1
      ? {}
      : { targets: targets.length === 0 ? null : targets.slice(1).map(writeTarget) }),
    ...(next.length === 0 ? {} : { next: next.map((ahead) => ahead.map(writeAhead)) }),
    ...(classification === undefined
      ? {}
      : { class: [classification.label, classification.probability] as const }),
  };
  return JSON.stringify(more);
}

function writeTarget({ value, forecast, lower, upper, residual }: TargetForecast): Written[] {
  return [write(value), write(forecast), write(lower), write(upper), write(residual)];
}

function writeAhead({ steps, forecast, lower, upper }: Ahead): Written[] {
  return [steps, write(forecast), write(lower), write(upper)];
}

/** Inverse of `outputToColumns`: every finite number bit for bit. */
export function outputFromColumns(columns: OutputColumns): Prediction {
  const [value, forecast, lower, upper, residual, score, alert, model, text] = columns;
  const more: More = text === null ? {} : JSON.parse(text);
  const first: TargetForecast = { value: number(value), forecast, lower, upper, residual };
  return {
    targets: more.targets === null ? [] : [first, ...(more.targets ?? []).map(readTarget)],
    next: (more.next ?? []).map((ahead) => ahead.map(readAhead)),
    score,
    alert: alert === 1,
    model,
    ...(more.class === undefined
      ? {}
      : { classification: { label: more.class[0], probability: more.class[1] } }),
  };
}

function readTarget([value, forecast, lower, upper, residual]: readonly Written[]): TargetForecast {
  return {
    value: number(read(value)),
    forecast: read(forecast),
    lower: read(lower),
    upper: read(upper),
    residual: read(residual),
  };
}

function readAhead([steps, forecast, lower, upper]: readonly Written[]): Ahead {
  return {
    steps: number(read(steps)),
    forecast: number(read(forecast)),
    lower: read(lower),
    upper: read(upper),
  };
}
