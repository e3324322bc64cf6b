import { problem, type Value } from "../../core/index.js";
import type { PipelineSupervised } from "../../spec/index.js";
import type { LabelledSequence } from "../../training/index.js";
import { readingsOf } from "./readings.js";
import type { RecordedSequence } from "./recorded-sequences.js";
import { numbersFirst } from "./vocabularies.js";

/** A target that a network's output itself is, step by step: no text. */
export type CodedTarget = Exclude<PipelineSupervised, { readonly kind: "text" }>;

/** How a recording's targets are told in numbers. */
export interface TargetCode {
  /** With its classes or its vocabulary. */
  readonly supervised: CodedTarget;
  /** W */
  readonly width: number;
  /** [W] of what the field says; NaN where it says nothing, or what the network does not know. */
  readonly encode: (value: Value | undefined) => Float64Array;
}

/**
 * The code of a target: what it doesn't say of its classes or symbols is that which the training sequences have.
 *
 * @throws TypeError code `NO_TARGET_CODE` for a text, which is no network's output at a step
 */
export function targetCode(
  supervised: PipelineSupervised,
  training: readonly Pick<RecordedSequence, "told">[],
): TargetCode {
  if (supervised.kind === "text") {
    throw problem(TypeError, {
      code: "NO_TARGET_CODE",
      action: "tell in numbers the target",
      on: supervised.field,
      expected: "a class, a value or a set of symbols",
      found: "a text",
    });
  }
  const said = () => training.flatMap(({ told }) => told.filter((one) => one !== undefined));
  if (supervised.kind === "value") {
    const encode = (value: Value | undefined) =>
      Float64Array.of(typeof value === "number" ? value : Number.NaN);
    return { supervised, width: 1, encode };
  }
  if (supervised.kind === "class") {
    const classes = numbersFirst(said().map(String));
    const places = placesOf(classes);
    const encode = (value: Value | undefined) => Float64Array.of(places.get(String(value)) ?? Number.NaN);
    return { supervised: { ...supervised, classes }, width: 1, encode };
  }
  const vocabulary =
    supervised.vocabulary ?? numbersFirst(said().flatMap((set) => (Array.isArray(set) ? set : [])));
  const places = placesOf(vocabulary);
  const encode = (value: Value | undefined) => {
    if (!Array.isArray(value)) return new Float64Array(vocabulary.length).fill(Number.NaN);
    const set = new Float64Array(vocabulary.length);
    for (const symbol of value) {
      const place = places.get(symbol);
      if (place !== undefined) set[place] = 1;
    }
    return set;
  };
  return { supervised: { ...supervised, vocabulary }, width: vocabulary.length, encode };
}

function placesOf(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, at) => [name, at]));
}

/** A recorded sequence with its target in numbers: the newest that is told, or, of steps, that of the event `ahead` of each. */
export function labelled(
  sequence: Pick<RecordedSequence, "x" | "steps" | "told" | "samples">,
  { supervised, width, encode }: TargetCode,
): LabelledSequence {
  const { x, steps, told } = sequence;
  const { at, ahead } = supervised;
  const readings =
    supervised.kind === "value" && supervised.of !== undefined
      ? { readings: readingsOf(sequence, supervised.of, supervised) }
      : {};
  if (at === "end") return { x, target: encode(told.findLast((one) => one !== undefined)), ...readings };
  const target = new Float64Array(steps.reduce((sum, k) => sum + k, 0) * width);
  let to = 0;
  for (const [i, k] of steps.entries()) {
    const own = encode(told[i + ahead]);
    for (let step = 0; step < k; step++, to += width) target.set(own, to);
  }
  return { x, target, ...readings };
}
