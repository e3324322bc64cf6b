import type { Document } from "./format.js";
import { trainFormat } from "./format-train.js";

type ShortFeature = NonNullable<Document["features"]>[number];

/** A feature in its long form. */
export type FullFeature = Exclude<ShortFeature, string>;

type Model = Document["model"];
type WithHorizons<M> = M extends unknown ? Omit<M, "horizon"> & { horizon: number[] } : never;

type WithPlace<T> = T extends unknown ? T & { at: "end" | "step" } : never;

/** A target that recordings tell: a class, a value, a set of symbols, a text. */
export type FullSupervisedTarget = WithPlace<Exclude<NonNullable<Document["target"]>, string | string[]>>;

/** The field that tells it. */
export function supervisedField(target: FullSupervisedTarget): string {
  if ("class" in target) return target.class;
  if ("text" in target) return target.text;
  return "value" in target ? target.value : target.symbols;
}

/** The event whose target is told, so many later than the one that tells it. */
export function aheadOf(target: FullSupervisedTarget): number {
  return "ahead" in target ? target.ahead : 0;
}

/** The fields that are forecast; none where the target is supervised. */
export function targetFields({ target }: Pick<FullDocument, "target">): string[] {
  return Array.isArray(target) ? target : [];
}

/** A pipeline in the file's words with everything said: no short forms, all defaults. */
export interface FullDocument extends Omit<Document, "features" | "add" | "target" | "model"> {
  features: FullFeature[];
  /** Nothing more: it stands among the features by now. */
  add: [];
  target: string[] | FullSupervisedTarget;
  model: WithHorizons<Model>;
}

/**
 * Says everything that a file leaves unsaid: a field's name becomes `{ field, scale }`, one target a list
 * of one, absent targets the first field among the features, absent features the targets; what is to be
 * added stands among the features. `target` comes out empty when nothing says what it is.
 */
export function fullDocument(document: Document): FullDocument {
  const written = document.features?.map(
    (feature): FullFeature => (typeof feature === "string" ? { field: feature, scale: "robust" } : feature),
  );
  const target = targets(document, written);
  const isSupervised = !Array.isArray(target);
  const names = targetFields({ target });
  const fields = written ?? names.map((name): FullFeature => ({ field: name, scale: "robust" }));
  const { horizon } = document.model;
  return {
    name: document.name,
    input: document.input,
    broker: document.broker,
    sequence: document.sequence,
    features: [...fields, ...(isSupervised ? [] : added(document, fields, names))],
    add: [],
    target,
    model: {
      ...withOwnOutput(document.model, target),
      horizon: typeof horizon === "number" ? [horizon] : horizon,
    },
    // What comes is not compared with what was foretold.
    anomaly: isSupervised ? false : document.anomaly,
    ...(document.learn === undefined ? {} : { learn: document.learn }),
    ...(isSupervised || document.train !== undefined
      ? { train: document.train ?? trainFormat.parse({}) }
      : {}),
    output: document.output,
    commit: document.commit,
    overload: document.overload,
    store: document.store,
    control: document.control,
    models: document.models,
    tests: document.tests,
  };
}

function targets(
  { target, input, sequence }: Document,
  features: readonly FullFeature[] | undefined,
): string[] | FullSupervisedTarget {
  if (typeof target === "string") return [target];
  if (Array.isArray(target)) return target;
  if (target !== undefined && "text" in target) return { ...target, at: "end" };
  if (target !== undefined) {
    const at = target.at ?? (hasEnds(sequence) ? "end" : "step");
    return "symbols" in target ? withVocabulary({ ...target, at }, features) : { ...target, at };
  }
  if (features === undefined) return input.codec === "text" ? ["value"] : [];
  return features.flatMap((feature) => ("field" in feature ? [feature.field] : [])).slice(0, 1);
}

/** Whether it is known where a sequence ends. */
export function hasEnds({ end, voice }: Document["sequence"]): boolean {
  return end !== undefined || voice !== undefined;
}

/** Symbols that are foretold are those that are seen, unless the target says others. */
function withVocabulary(
  target: Extract<FullSupervisedTarget, { symbols: string }>,
  features: readonly FullFeature[] = [],
): FullSupervisedTarget {
  const seen = features.find((one) => "symbols" in one && one.symbols === target.symbols);
  const vocabulary = target.vocabulary ?? (seen && "symbols" in seen ? seen.vocabulary : undefined);
  return { ...target, ...(vocabulary === undefined ? {} : { vocabulary: [...vocabulary] }) };
}

/** A network of classes, symbols or texts gives logits unless its pipeline says otherwise. */
function withOwnOutput(model: Model, target: FullDocument["target"]): Model {
  const hasLogits = !Array.isArray(target) && !("value" in target);
  return hasLogits && "file" in model && model.output === "value" ? { ...model, output: "logits" } : model;
}

type Added = NonNullable<Document["add"]>[number];

/** What forecasting usually needs beside the fields, less what the file has itself. */
function added(
  document: Document,
  features: readonly FullFeature[],
  target: readonly string[],
): FullFeature[] {
  const has = (feature: FullFeature) => {
    const { scale: _, harmonics: __, ...what } = { scale: "", harmonics: 0, ...feature };
    return features.some((own) =>
      Object.entries(what).every(([name, value]) => Reflect.get(own, name) === value),
    );
  };
  const kinds: Record<Added, FullFeature[]> = {
    difference: target.map((name) => ({ difference: name, scale: "robust" })),
    calendar: [
      { calendar: "hour-of-day", harmonics: 4 },
      { calendar: "day-of-week", harmonics: 4 },
    ],
    lag: target.flatMap((name) => ["1d", "7d"].map((by) => ({ lag: name, by }))),
  };
  return (document.add ?? defaultAdded(document, features))
    .flatMap((kind) => kinds[kind])
    .filter((feature) => !has(feature));
}

function defaultAdded({ input, model }: Document, features: readonly FullFeature[]): readonly Added[] {
  if ("file" in model || features.some((feature) => !("field" in feature))) return [];
  return input.time === undefined ? ["difference"] : ["difference", "calendar", "lag"];
}
