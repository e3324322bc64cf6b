import { problem, type Sample, type StreamEvent } from "../../core/index.js";
import type { Feature, Pipeline, PipelineClassifier } from "../../spec/index.js";
import type { LabelledSequence } from "../../training/index.js";
import { audioRate } from "../audio-rows.js";
import { recordedRows } from "../recording.js";
import { stepGroup } from "../replay.js";
import { makeReader } from "../sample-reader.js";
import { makeInputStages } from "../stages.js";

/** One sequence of a recording. */
export interface RecordedSequence {
  readonly samples: readonly Sample[];
  /** [T, I] */
  readonly x: Float64Array;
  /** How many time steps each sample made. */
  readonly steps: readonly number[];
  /** What each sample's class is, where it is known. */
  readonly labels: readonly (string | undefined)[];
  /** What the field stands at by which sequences are left out; empty where nobody asks. */
  readonly group: string;
}

export interface RecordedSequences {
  readonly sequences: readonly RecordedSequence[];
  readonly rows: number;
  /** Sequences without an end, without a class, or without a time step. */
  readonly unfinished: number;
  /** Rows that no network sees, by their note. */
  readonly left: ReadonlyMap<string, number>;
}

interface Open {
  readonly events: StreamEvent[];
  readonly groups: string[];
}

/**
 * Reads a recording as a pipeline that names classes would see it: the same marks, the same features.
 *
 * @param groupBy field by which sequences are told apart for leaving some out
 * @throws Error code `RECORDING_UNREADABLE`, `NOTHING_TO_LEARN` when there is no whole sequence with a class
 */
export async function readSequences(
  pipeline: Pipeline,
  classifier: PipelineClassifier,
  input: string,
  groupBy?: string,
): Promise<RecordedSequences> {
  const { inputStages, features } = makeInputStages(pipeline);
  const open = new Map<string, Open>();
  const found: Open[] = [];
  const left = new Map<string, number>();
  let rows = 0;
  let example = "";
  for await (const group of recordedRows(
    input,
    makeReader(pipeline, "recording").reader,
    audioRate(pipeline),
  )) {
    await stepGroup(inputStages, group);
    rows += group.length;
    for (const { row, outcome } of group) {
      if (!("sample" in outcome) || outcome.note !== "") {
        left.set(outcome.note, (left.get(outcome.note) ?? 0) + 1);
        if (!("sample" in outcome)) example ||= outcome.detail;
        continue;
      }
      const { key } = outcome.sample;
      let own = open.get(key);
      if (own === undefined || outcome.begins) {
        own = { events: [], groups: [] };
        open.set(key, own);
        found.push(own);
      }
      own.events.push(outcome);
      own.groups.push(groupBy === undefined ? "" : String(row.record[groupBy] ?? ""));
      if (outcome.ends) open.delete(key);
    }
  }
  const audio = pipeline.features.find((feature) => feature.kind === "audio")?.field;
  // Between two utterances there may be packets of which nothing is heard.
  const read = found
    .filter(({ events }) => events.some(({ input, ends }) => ends || input === undefined || input.length > 0))
    .map((one) => recorded(one, classifier, features.inputs, audio));
  const sequences = read.filter((one) => one !== undefined);
  if (sequences.length === 0) {
    throw problem(Error, {
      code: "NOTHING_TO_LEARN",
      action: "read sequences from",
      on: input,
      expected: `sequences with a class in field ${classifier.field}${classifier.at === "end" ? `, and a mark in field ${pipeline.sequence.end} where they end` : ""}`,
      found: `${rows} rows, ${read.length} sequences, none of that kind${example === "" ? "" : `; the first that could not be read: ${example}`}`,
    });
  }
  return { sequences, rows, unfinished: read.length - sequences.length, left };
}

function recorded(
  { events, groups }: Open,
  { field, at }: PipelineClassifier,
  inputs: number,
  audio: string | undefined,
): RecordedSequence | undefined {
  const samples = events.map(({ sample, heard }) =>
    heard === undefined || audio === undefined
      ? sample
      : { ...sample, values: { ...sample.values, [audio]: heard } },
  );
  const labels = samples.map(({ values }) => {
    const value = values[field];
    return value === undefined ? undefined : String(value);
  });
  const steps = events.map(({ input }) => (input?.length ?? 0) / inputs);
  const isWhole = at === "step" || events.at(-1)?.ends === true;
  if (!isWhole || labels.every((label) => label === undefined) || steps.every((k) => k === 0))
    return undefined;
  const x = new Float64Array(steps.reduce((sum, k) => sum + k, 0) * inputs);
  let to = 0;
  for (const { input } of events) {
    x.set(input ?? [], to);
    to += input?.length ?? 0;
  }
  return { samples, x, steps, labels, group: groups.find((group) => group !== "") ?? "" };
}

/** All classes that a recording names: numbers in their order, else by their letters. */
export function classesIn(sequences: readonly RecordedSequence[]): string[] {
  const names = new Set(sequences.flatMap(({ labels }) => labels.filter((label) => label !== undefined)));
  return [...names].sort((a, b) => {
    const [x, y] = [Number(a), Number(b)];
    if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
    return a < b ? -1 : 1;
  });
}

/** With classes by number; those that the network does not know are unknown. */
export function labelled(
  { x, steps, labels }: Pick<RecordedSequence, "x" | "steps" | "labels">,
  classes: readonly string[],
  { at, ahead }: Pick<PipelineClassifier, "at" | "ahead">,
): LabelledSequence {
  const numbers = labels.map((label) => {
    const number = label === undefined ? -1 : classes.indexOf(label);
    return number < 0 ? Number.NaN : number;
  });
  if (at === "end") {
    return { x, classes: Float64Array.of(numbers.findLast((one) => !Number.isNaN(one)) ?? Number.NaN) };
  }
  const due = numbers.flatMap((_, i) => Array<number>(steps[i]!).fill(numbers[i + ahead] ?? Number.NaN));
  return { x, classes: Float64Array.from(due) };
}

/**
 * A pipeline whose symbols have vocabularies: of those that say none, all symbols of a recording, in the order of their
 * letters.
 */
export async function withVocabularies(pipeline: Pipeline, input: string): Promise<Pipeline> {
  const fields = pipeline.features.flatMap((feature) =>
    feature.kind === "symbol" && feature.vocabulary === undefined ? [feature.field] : [],
  );
  if (fields.length === 0) return pipeline;
  const found = new Map(fields.map((field) => [field, new Set<string>()]));
  for await (const group of recordedRows(input, makeReader(pipeline, "recording").reader)) {
    for (const { outcome } of group) {
      if (!("sample" in outcome)) continue;
      for (const [field, symbols] of found) symbols.add(String(outcome.sample.values[field]));
    }
  }
  const features = pipeline.features.map((feature): Feature => {
    const symbols = feature.kind === "symbol" ? found.get(feature.field) : undefined;
    if (symbols === undefined || feature.kind !== "symbol") return feature;
    return { ...feature, vocabulary: [...symbols].sort() };
  });
  return { ...pipeline, features };
}
