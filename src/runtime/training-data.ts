import { stat } from "node:fs/promises";
import { problem, type StreamEvent } from "../core/index.js";
import type { Pipeline } from "../spec/index.js";
import { unusedInputs } from "../stream/index.js";
import type { TrainingSequence } from "../training/index.js";
import { journalledRows } from "./journalled-rows.js";
import { type RecordedDoubts, readDoubts } from "./recorded-doubts.js";
import { recordedRows } from "./recording.js";
import { stepGroup } from "./replay.js";
import { makeReader } from "./sample-reader.js";
import { makeInputStages } from "./stages.js";

/** One key's whole history, as a network sees it. */
export interface KeyHistory {
  readonly key: string;
  readonly sequence: TrainingSequence;
  /** Median time between events, ms; 0 if there is one alone. */
  readonly intervalMs: number;
}

export interface TrainingData {
  readonly histories: readonly KeyHistory[];
  /** I */
  readonly inputs: number;
  /** What each input is; I of them. */
  readonly inputNames: readonly string[];
  /** Inputs whose cycle the recording doesn't hold, by index. */
  readonly unused: readonly number[];
  readonly rows: number;
  /** Rows that no network sees: unreadable, late, repeated, ... by their note. */
  readonly left: ReadonlyMap<string, number>;
  /** Of the events seen, ms; NaN without any. */
  readonly from: number;
  readonly to: number;
}

/**
 * Reads a recording as a pipeline's network would see it: the same sequence rules, the same features. Of a data
 * directory, how alerts began and what was labelled is as doubtful as it is to a running Eddy.
 *
 * @param input CSV or NDJSON file, or a data directory, on which Eddy may be running: what a pipeline of this
 *   name has journalled there
 * @throws see `journalledRows`
 * @throws Error code `RECORDING_UNREADABLE`, `NOTHING_TO_LEARN` when no row can be stepped
 */
export async function readTrainingData(
  pipeline: Pipeline,
  input: string,
  onRows: (rows: number) => void = () => {},
): Promise<TrainingData> {
  const { inputStages, features } = makeInputStages(pipeline);
  const byKey = new Map<string, StreamEvent[]>();
  const left = new Map<string, number>();
  let rows = 0;
  let example = "";
  const isDirectory = await stat(input).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const all = isDirectory
    ? journalledRows(input, pipeline)
    : recordedRows(input, makeReader(pipeline, "recording").reader);
  for await (const group of all) {
    await stepGroup(inputStages, group);
    for (const { outcome } of group) {
      if ("sample" in outcome && outcome.note === "") {
        const events = byKey.get(outcome.sample.key);
        if (events) events.push(outcome);
        else byKey.set(outcome.sample.key, [outcome]);
      } else {
        left.set(outcome.note, (left.get(outcome.note) ?? 0) + 1);
        if (!("sample" in outcome)) example ||= outcome.detail;
      }
    }
    rows += group.length;
    onRows(rows);
  }
  const doubts = isDirectory ? readDoubts(input, pipeline.name) : undefined;
  const histories = [...byKey].map(([key, events]) => historyOf(key, events, doubts));
  if (histories.length === 0) {
    throw problem(Error, {
      code: "NOTHING_TO_LEARN",
      action: "train on",
      on: input,
      expected: `rows with numbers in ${[...new Set(pipeline.targets)].join(", ")}`,
      found: `${rows} rows, none of them readable${example === "" ? "" : `; the first: ${example}`}`,
    });
  }
  const times = [...byKey.values()].flatMap((events) => [events[0]!, events.at(-1)!]);
  const from = Math.min(...times.map(({ sample }) => sample.time));
  const to = Math.max(...times.map(({ sample }) => sample.time));
  return {
    histories,
    inputs: features.inputs,
    inputNames: features.names,
    unused: unusedInputs(features, to - from),
    rows,
    left,
    from,
    to,
  };
}

function historyOf(
  key: string,
  events: readonly StreamEvent[],
  doubts: RecordedDoubts | undefined,
): KeyHistory {
  const rows = (of: (event: StreamEvent) => Float64Array | undefined): Float64Array => {
    const width = of(events[0]!)?.length ?? 0;
    const all = new Float64Array(events.length * width);
    for (const [t, event] of events.entries()) all.set(of(event) ?? [], t * width);
    return all;
  };
  const intervals = events
    .slice(1)
    .map(({ sample }, i) => sample.time - events[i]!.sample.time)
    .filter((ms) => ms > 0)
    .sort((a, b) => a - b);
  return {
    key,
    sequence: {
      x: rows(({ input }) => input),
      y: rows(({ target }) => target),
      scale: rows(({ scale }) => scale),
      begins: Uint8Array.from(events, ({ begins }) => (begins ? 1 : 0)),
      ...(doubts && {
        doubtful: Uint8Array.from(events, ({ position, sample }) => doubts.of(key, position, sample.time)),
      }),
    },
    intervalMs: intervals[intervals.length >> 1] ?? 0,
  };
}
