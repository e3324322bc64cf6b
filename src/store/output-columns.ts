import type { Ahead, Inference, Prediction, StepInference, TargetForecast } from "../core/index.js";

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
  nextSteps: number | null,
  nextForecast: number | null,
  nextLower: number | null,
  nextUpper: number | null,
];

/** A number in JSON text, which has no -0. */
type Written = number | "-0" | null;

/**
 * The column `more`: what the columns for the first target and its first look ahead don't hold. `targets` are the further
 * ones, [value, forecast, lower, upper, residual] each, null if there is not even a first; `next` has one list
 * per target of [steps, forecast, lower, upper], where there is more than the first; `steps` are what stands here of each, [seq, time, {...}].
 */
interface More extends Inferred {
  readonly targets?: readonly (readonly Written[])[] | null;
  readonly next?: readonly (readonly (readonly Written[])[])[];
  readonly steps?: readonly (readonly [seq: number, time: Written, inferred: Inferred])[];
}

/** One of: [label, probability], [estimate, value], [symbols, probabilities], [text, probability]. */
interface Inferred {
  readonly class?: readonly [label: string, probability: number];
  readonly estimate?: readonly [estimate: Written, value?: Written];
  readonly symbols?: readonly [symbols: readonly string[], probabilities: readonly Written[]];
  readonly text?: readonly [text: string, probability: number];
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
  const ahead = prediction.next[0]?.[0];
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
    ahead?.steps ?? null,
    ahead?.forecast ?? null,
    ahead?.lower ?? null,
    ahead?.upper ?? null,
  ];
}

/** `More` as JSON; null where there is nothing more. */
function moreText({ targets, next, inference, steps }: Prediction): string | null {
  const parts: string[] = [];
  if (targets.length !== 1) {
    const further: More["targets"] = targets.length === 0 ? null : targets.slice(1).map(writeTarget);
    parts.push(`"targets":${JSON.stringify(further)}`);
  }
  const isOne = next.length === 1 && next[0]?.length === 1;
  if (next.length > 0 && !isOne)
    parts.push(`"next":${JSON.stringify(next.map((own) => own.map(writeAhead)))}`);
  if (inference !== undefined) parts.push(JSON.stringify(writeInference(inference)).slice(1, -1));
  if (steps !== undefined) {
    const written: More["steps"] = steps.map(({ seq, time, inference }) => [
      seq,
      write(time),
      writeInference(inference),
    ]);
    parts.push(`"steps":${JSON.stringify(written)}`);
  }
  return parts.length === 0 ? null : `{${parts.join()}}`;
}

function writeInference(inference: Inference): Inferred {
  if ("label" in inference) return { class: [inference.label, inference.probability] };
  if ("text" in inference) return { text: [inference.text, inference.probability] };
  if ("symbols" in inference) return { symbols: [inference.symbols, inference.probabilities.map(write)] };
  const { estimate, value } = inference;
  return { estimate: value === undefined ? [write(estimate)] : [write(estimate), write(value)] };
}

function readInference({ class: named, estimate, symbols, text }: Inferred): { inference?: Inference } {
  if (text !== undefined) return { inference: { text: text[0], probability: text[1] } };
  if (named !== undefined) return { inference: { label: named[0], probability: named[1] } };
  if (symbols !== undefined) {
    const probabilities = symbols[1].map((one) => number(read(one)));
    return { inference: { symbols: symbols[0], probabilities } };
  }
  if (estimate === undefined) return {};
  const [own, value] = estimate;
  const reading = value === undefined ? {} : { value: number(read(value)) };
  return { inference: { estimate: number(read(own)), ...reading } };
}

function readStep([seq, time, inferred]: NonNullable<More["steps"]>[number]): StepInference[] {
  const { inference } = readInference(inferred);
  return inference === undefined ? [] : [{ seq, time: number(read(time)), inference }];
}

function writeTarget({ value, forecast, lower, upper, residual }: TargetForecast): Written[] {
  return [write(value), write(forecast), write(lower), write(upper), write(residual)];
}

/** Inverse of `outputToColumns`: every finite number bit for bit. */
export function outputFromColumns(columns: OutputColumns): Prediction {
  const [value, forecast, lower, upper, residual, score, alert, model, text, ...ahead] = columns;
  const more: More = text === null ? {} : JSON.parse(text);
  const first: TargetForecast = { value: number(value), forecast, lower, upper, residual };
  return {
    targets: more.targets === null ? [] : [first, ...(more.targets ?? []).map(readTarget)],
    next: more.next?.map((own) => own.map(readAhead)) ?? (ahead[0] === null ? [] : [[readAhead(ahead)]]),
    score,
    alert: alert === 1,
    model,
    ...readInference(more),
    ...(more.steps === undefined ? {} : { steps: more.steps.flatMap(readStep) }),
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

function writeAhead({ steps, forecast, lower, upper }: Ahead): Written[] {
  return [write(steps), write(forecast), write(lower), write(upper)];
}

function readAhead([steps, forecast, lower, upper]: readonly Written[]): Ahead {
  return {
    steps: number(read(steps)),
    forecast: number(read(forecast)),
    lower: read(lower),
    upper: read(upper),
  };
}
