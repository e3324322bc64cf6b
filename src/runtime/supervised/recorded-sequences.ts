import { problem, type Sample, type StreamEvent, type Value } from "../../core/index.js";
import type { Pipeline, PipelineSupervised } from "../../spec/index.js";
import { InputRows } from "../../training/index.js";
import { audioRate } from "../audio-rows.js";
import { recordedRows } from "../recording.js";
import { stepGroup } from "../replay.js";
import { makeReader } from "../sample-reader.js";
import { makeInputStages } from "../stages.js";

/** One sequence of a recording. */
export interface RecordedSequence {
  /** Where they are needed beside x: of audio, which is altered, and where a reading is a rival; else empty. */
  readonly samples: readonly Sample[];
  /** [T, I] */
  readonly x: InputRows;
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

/** A sequence that is being read. Of events only what is needed is kept: a recording may have millions. */
class Open {
  readonly x: InputRows;
  readonly samples: Sample[] = [];
  readonly told: (Value | undefined)[] = [];
  readonly steps: number[] = [];
  /** It ended with an end, and not with the recording. */
  hasEnded = false;
  /** Something of it was heard, or it was said to be one. */
  isReal = false;
  group = "";

  constructor(
    inputs: number,
    private readonly supervised: PipelineSupervised,
    private readonly audio: string | undefined,
  ) {
    this.x = new InputRows(inputs);
  }

  add({ sample, heard, input, ends, isMark }: StreamEvent, group: string): void {
    this.hasEnded = ends;
    this.isReal ||= ends || input === undefined || input.length > 0;
    if (this.group === "") this.group = group;
    // What is nothing but a mark is no step, and tells nothing.
    if (isMark) return;
    const { audio, supervised, x } = this;
    this.told.push(sample.values[supervised.field]);
    if (audio !== undefined) {
      const own = heard === undefined ? {} : { [audio]: heard };
      this.samples.push({ ...sample, values: { ...sample.values, ...own } });
    } else if (supervised.kind === "value" && supervised.of !== undefined) this.samples.push(sample);
    const before = x.steps;
    if (input !== undefined) x.append(input);
    this.steps.push(x.steps - before);
  }
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
  const audio = pipeline.features.find((feature) => feature.kind === "audio")?.field;
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
        own = new Open(features.inputs, supervised, audio);
        open.set(key, own);
        found.push(own);
      }
      own.add(outcome, groupBy === undefined ? "" : String(row.record[groupBy] ?? ""));
      if (outcome.ends) open.delete(key);
    }
  }
  // Between two utterances there may be packets of which nothing is heard.
  const read = found.filter(({ isReal }) => isReal).map((one) => recorded(one, supervised));
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
  { samples, told, steps, x, group, hasEnded }: Open,
  { at }: PipelineSupervised,
): RecordedSequence | undefined {
  const isWhole = at === "step" || hasEnded;
  if (!isWhole || told.every((one) => one === undefined) || x.steps === 0) return undefined;
  return { samples, x, steps, told, group };
}
