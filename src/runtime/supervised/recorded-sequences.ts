import { problem, type Sample, type StreamEvent, type Value } from "../../core/index.js";
import type { Pipeline, PipelineSupervised } from "../../spec/index.js";
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
  /** What the target's field says of each sample, where it says something. */
  readonly told: readonly (Value | undefined)[];
  /** What the field stands at by which sequences are left out; empty where nobody asks. */
  readonly group: string;
}

export interface RecordedSequences {
  readonly sequences: readonly RecordedSequence[];
  readonly rows: number;
  /** Sequences without an end, without a target, or without a time step. */
  readonly unfinished: number;
  /** Rows that no network sees, by their note. */
  readonly left: ReadonlyMap<string, number>;
}

interface Open {
  readonly events: StreamEvent[];
  readonly groups: string[];
}

/**
 * Reads a recording as a pipeline with a supervised target would see it: the same marks, the same features.
 *
 * @param groupBy field by which sequences are told apart for leaving some out
 * @throws Error code `RECORDING_UNREADABLE`, `NOTHING_TO_LEARN` when there is no whole sequence with a target
 */
export async function readSequences(
  pipeline: Pipeline,
  supervised: PipelineSupervised,
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
    .map((one) => recorded(one, supervised, features.inputs, audio));
  const sequences = read.filter((one) => one !== undefined);
  if (sequences.length === 0) {
    throw problem(Error, {
      code: "NOTHING_TO_LEARN",
      action: "read sequences from",
      on: input,
      expected: `sequences with a ${{ class: "class", value: "number", symbols: "set of symbols", text: "text" }[supervised.kind]} in field ${supervised.field}${supervised.at === "end" ? endWords(pipeline) : ""}`,
      found: `${rows} rows, ${read.length} sequences, none of that kind${example === "" ? "" : `; the first that could not be read: ${example}`}`,
    });
  }
  return { sequences, rows, unfinished: read.length - sequences.length, left };
}

function endWords({ sequence }: Pipeline): string {
  if (typeof sequence.end === "string") return `, and a mark in field ${sequence.end} where they end`;
  return typeof sequence.end === "object" ? `, and a row of topic ${sequence.end.topic} where they end` : "";
}

function recorded(
  { events, groups }: Open,
  { field, at }: PipelineSupervised,
  inputs: number,
  audio: string | undefined,
): RecordedSequence | undefined {
  // What is nothing but a mark is no step, and tells nothing.
  const seen = events.filter(({ isMark }) => !isMark);
  const samples = seen.map(({ sample, heard }) =>
    heard === undefined || audio === undefined
      ? sample
      : { ...sample, values: { ...sample.values, [audio]: heard } },
  );
  const told = samples.map(({ values }) => values[field]);
  const steps = seen.map(({ input }) => (input?.length ?? 0) / inputs);
  const isWhole = at === "step" || events.at(-1)?.ends === true;
  if (!isWhole || told.every((one) => one === undefined) || steps.every((k) => k === 0)) return undefined;
  const x = new Float64Array(steps.reduce((sum, k) => sum + k, 0) * inputs);
  let to = 0;
  for (const { input } of seen) {
    x.set(input ?? [], to);
    to += input?.length ?? 0;
  }
  return { samples, x, steps, told, group: groups.find((group) => group !== "") ?? "" };
}
