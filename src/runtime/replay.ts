import { type Batch, Delivery, parseKeyTemplate, type Stage, type StreamEvent } from "../core/index.js";
import type { Pipeline } from "../spec/index.js";
import { type LearningReport, stepThrough } from "../stream/index.js";
import { audioRate } from "./audio-rows.js";
import { Counters } from "./counters.js";
import { type RecordedRow, recordedRows } from "./recording.js";
import { OutcomeRows, type ReplayRow } from "./replay-rows.js";
import { makeReader } from "./sample-reader.js";
import { type Engines, makeStages } from "./stages.js";

export interface ReplayOptions {
  readonly pipeline: Pipeline;
  readonly input: string;
  readonly engines: Engines;
  /** @param record the input's row, all of its fields */
  readonly onRow: (
    row: ReplayRow,
    outcome: RecordedRow["outcome"],
    record: RecordedRow["row"]["record"],
  ) => void;
  readonly onProgress?: (rows: number) => void;
  readonly onLearning?: (report: LearningReport) => void;
}

/** The same stages over a recorded file, without broker or store: one row out per row in, in order. */
export async function replay(options: ReplayOptions): Promise<Counters> {
  const { pipeline, input, engines, onRow, onProgress, onLearning = () => {} } = options;
  const stages = await makeStages(pipeline, engines, onLearning);
  const { reader } = makeReader(pipeline, "recording");
  const counters = new Counters();
  const outcomes = new OutcomeRows(pipeline);
  let rows = 0;
  for await (const group of recordedRows(input, reader, audioRate(pipeline))) {
    counters.count(await stepGroup(stages, group));
    for (const { row, outcome } of group) {
      const own = inputColumns(pipeline, row);
      const event = "sample" in outcome ? outcome : outcome.note;
      onRow({ ...own, ...outcomes.row(event) }, outcome, row.record);
    }
    rows += group.length;
    onProgress?.(rows);
  }
  return counters;
}

/** Steps one group of recorded rows; those that could not be read count as dead letters. */
export async function stepGroup(
  stages: readonly Stage[],
  group: readonly RecordedRow[],
  step = (batch: Batch) => stepThrough(stages, batch),
): Promise<Batch> {
  const events: StreamEvent[] = [];
  const deadLetters: Batch["deadLetters"][number][] = [];
  for (const { row, outcome } of group) {
    if ("sample" in outcome) events.push(outcome);
    else {
      const payload = new TextEncoder().encode(row.raw);
      const { detail, note: reason } = outcome;
      deadLetters.push({
        reason,
        detail,
        topic: row.topic ?? "",
        arrival: 0,
        payload,
        bytes: payload.length,
      });
    }
  }
  const batch: Batch = { events, requests: [], deadLetters, ledger: [], log: [], delivery: new Delivery() };
  await step(batch);
  return batch;
}

/** The input's time and key columns, as they were. */
function inputColumns(pipeline: Pipeline, row: RecordedRow["row"]): ReplayRow {
  const columns: Record<string, string | number | null> = {};
  const put = (name: string, value: unknown): void => {
    if (value !== undefined) columns[name] = typeof value === "number" ? value : String(value ?? "");
  };
  const { time } = pipeline.input;
  if (time !== undefined) put(time, row.record[time] ?? "");
  put("topic", row.topic);
  put("key", row.key);
  for (const field of parseKeyTemplate(pipeline.input.key).fields) put(field, row.record[field]);
  return columns;
}
