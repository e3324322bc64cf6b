import { type StreamEvent, streamEvent } from "../core/index.js";
import type { Expectation, Pipeline, PipelineSupervised, PipelineTest, RowRange } from "../spec/index.js";
import { audioRate } from "./audio-rows.js";
import { compareInferences } from "./compare-inferences.js";
import { Counters } from "./counters.js";
import { type RecordedRow, recordedRow, recordedRows } from "./recording.js";
import { stepGroup } from "./replay.js";
import { OutcomeRows, type ReplayRow } from "./replay-rows.js";
import { makeReader } from "./sample-reader.js";
import { seriesRows } from "./series.js";
import { type Engines, makeStages } from "./stages.js";

/** How one of a pipeline's tests ended: what was expected and not found, in words; empty if it passed. */
export interface TestOutcome {
  readonly name: string;
  readonly failures: readonly string[];
}

/** Runs one test that a pipeline carries: a replay of its rows, compared with what it expects. */
export async function runPipelineTest(
  pipeline: Pipeline,
  test: PipelineTest,
  engines: Engines,
): Promise<TestOutcome> {
  const stages = await makeStages(pipeline, engines, () => {});
  const outcomes = new OutcomeRows(pipeline);
  const rows: ReplayRow[] = [];
  const counters = new Counters();
  const events: (StreamEvent | undefined)[] = [];
  for await (const group of testRows(pipeline, test)) {
    counters.count(await stepGroup(stages, group));
    for (const { outcome } of group) {
      events.push("sample" in outcome ? outcome : undefined);
      rows.push(outcomes.row("sample" in outcome ? outcome : outcome.note));
    }
  }
  const failures = compare(test.expect, rows, events, pipeline.supervised);
  const { firstFault } = counters;
  // Whoever expects faults says so.
  if (firstFault !== undefined && test.expect.notes.fault === undefined)
    failures.push(
      `notes.fault: expected none, found ${counters.reasons.get("fault")}; the first: ${firstFault}`,
    );
  return { name: test.name, failures };
}

async function* testRows(pipeline: Pipeline, test: PipelineTest): AsyncGenerator<RecordedRow[]> {
  const { source, topic } = test;
  if (source.kind === "payloads") {
    const { codec, reader } = makeReader(pipeline, "test");
    yield source.payloads.flatMap((payload, index) =>
      reader.fromPayload(codec, topic ?? "", payload, (index + 1) * 1000).map((read): RecordedRow => {
        const row = { line: index + 1, record: {}, raw: "" };
        return { row, outcome: "note" in read ? read : streamEvent(read) };
      }),
    );
    return;
  }
  const { reader } = makeReader(pipeline, "recording");
  if (source.kind === "file") {
    yield* recordedRows(source.file, reader, audioRate(pipeline));
    return;
  }
  const payloads = source.kind === "rows" ? source.rows : seriesRows(source.series, pipeline.input.time);
  yield payloads.map((record, index) => {
    const row = { line: index + 1, record, raw: "", ...(topic === undefined ? {} : { topic }) };
    return recordedRow(row, (index + 1) * 1000, reader);
  });
}

function compare(
  expected: Expectation,
  rows: readonly ReplayRow[],
  events: readonly (StreamEvent | undefined)[],
  supervised: PipelineSupervised | undefined,
): string[] {
  const failures: string[] = [];
  const check = (what: string, wanted: number | undefined, found: number): void => {
    if (wanted !== undefined && wanted !== found)
      failures.push(`${what}: expected ${wanted}, found ${found}`);
  };
  const raised = rows.flatMap((row, index) => (row["event"] === "raised" ? [index] : []));
  check("rows", expected.rows, rows.length);
  check("stepped", expected.stepped, events.filter((event) => event?.note === "").length);
  if (expected.alerts) {
    const { min, max = Number.POSITIVE_INFINITY } = expected.alerts;
    if (raised.length < min || raised.length > max) {
      const wanted = min === max ? `${min}` : `${min} to ${max === Number.POSITIVE_INFINITY ? "any" : max}`;
      failures.push(`alerts: expected ${wanted}, found ${raised.length}${at(raised)}`);
    }
  }
  for (const range of expected.raised) {
    if (!raised.some((row) => inside(row, range))) {
      failures.push(
        `raised: expected an alert in rows ${range.from} to ${range.to}, found none there${at(raised)}`,
      );
    }
  }
  for (const range of expected.quiet) {
    const found = raised.filter((row) => inside(row, range));
    if (found.length > 0) {
      failures.push(
        `quiet: expected no alert in rows ${range.from} to ${range.to}, found ${found.length}${at(found)}`,
      );
    }
  }
  for (const [note, count] of Object.entries(expected.notes)) {
    check(`notes.${note}`, count, rows.filter((row) => row["note"] === note).length);
  }
  failures.push(...compareInferences(expected, events, supervised));
  if (expected.maeBelowPersistence) failures.push(...comparePersistence(events));
  for (const cell of expected.cells) {
    const found = rows[cell.row]?.[cell.column];
    const fits =
      typeof cell.value === "number" && typeof found === "number"
        ? Math.abs(found - cell.value) <= cell.within
        : String(found ?? "") === String(cell.value);
    if (!fits) {
      const within = cell.within > 0 ? ` within ${cell.within}` : "";
      failures.push(
        `row ${cell.row}, ${cell.column}: expected ${cell.value}${within}, found ${found ?? "nothing"}`,
      );
    }
  }
  return failures;
}

/** The first target's forecasts against the value before, over the events that a network forecast. */
function comparePersistence(events: readonly (StreamEvent | undefined)[]): string[] {
  const before = new Map<string, { value: number; model: string }>();
  let model = 0;
  let persistence = 0;
  let count = 0;
  for (const event of events) {
    const target = event?.prediction?.targets[0];
    if (event === undefined || target === undefined) continue;
    const last = before.get(event.sample.key);
    if (last !== undefined && last.model !== "naive" && target.residual !== null) {
      model += Math.abs(target.residual);
      persistence += Math.abs(target.value - last.value);
      count++;
    }
    before.set(event.sample.key, { value: target.value, model: event.model });
  }
  if (count === 0) return ["mae-below-persistence: expected forecasts of a network, found none"];
  if (model < persistence) return [];
  const [found, bound] = [model / count, persistence / count].map((mae) => mae.toPrecision(4));
  return [`mae-below-persistence: expected a mean absolute error below ${bound}, found ${found}`];
}

function inside(row: number, { from, to }: RowRange): boolean {
  return row >= from && row <= to;
}

function at(rows: readonly number[]): string {
  if (rows.length === 0) return "";
  const shown = rows.slice(0, 5).join(", ");
  return ` (at ${rows.length === 1 ? "row" : "rows"} ${shown}${rows.length > 5 ? ", ..." : ""})`;
}
