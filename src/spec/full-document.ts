import type { Document } from "./format.js";

type ShortFeature = NonNullable<Document["features"]>[number];

/** A feature in its long form. */
export type FullFeature = Exclude<ShortFeature, string>;

type Model = Document["model"];
type WithHorizons<M> = M extends unknown ? Omit<M, "horizon"> & { horizon: number[] } : never;

/** A pipeline in the file's words with everything said: no short forms, all defaults. */
export interface FullDocument extends Omit<Document, "features" | "target" | "model"> {
  features: FullFeature[];
  target: string[];
  model: WithHorizons<Model>;
}

/**
 * Says everything that a file leaves unsaid: a field's name becomes `{ field, scale }`, one target a list
 * of one, absent targets the first field among the features, absent features the targets and their
 * differences. `target` comes out empty when nothing says what it is.
 */
export function fullDocument(document: Document): FullDocument {
  const written = document.features?.map(
    (feature): FullFeature => (typeof feature === "string" ? { field: feature, scale: "robust" } : feature),
  );
  const target = targets(document, written);
  const { horizon } = document.model;
  return {
    name: document.name,
    input: document.input,
    broker: document.broker,
    sequence: document.sequence,
    features:
      written ??
      target.flatMap((name): FullFeature[] => [
        { field: name, scale: "robust" },
        { difference: name, scale: "robust" },
      ]),
    target,
    model: { ...document.model, horizon: typeof horizon === "number" ? [horizon] : horizon },
    anomaly: document.anomaly,
    ...(document.learn === undefined ? {} : { learn: document.learn }),
    output: document.output,
    store: document.store,
    tests: document.tests,
  };
}

function targets({ target, input }: Document, features: readonly FullFeature[] | undefined): string[] {
  if (target !== undefined) return typeof target === "string" ? [target] : target;
  if (features === undefined) return input.codec === "text" ? ["value"] : [];
  return features.flatMap((feature) => ("field" in feature ? [feature.field] : [])).slice(0, 1);
}
