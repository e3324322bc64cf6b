import { streamEvent } from "../../src/core/index.js";
import { OutcomeRows } from "../../src/runtime/replay-rows.js";
import { openStoreForReading, type PipelineReader } from "../../src/store/index.js";
import { type ExpectedOutcome, type Reference, resumedState } from "./reference.js";
import { NAME, type Rig } from "./rig.js";

/** What is wrong, in words; all empty if nothing is. */
export interface Findings {
  /** Events that were never stepped. */
  readonly lost: string[];
  /** Events stepped more than once, or that nobody sent. */
  readonly doubled: string[];
  /** Everything else: an outcome, a state, an alert that is not as it would have been without trouble. */
  readonly wrong: string[];
}

/** Compares what the data directory holds, and what was published, with the reference. */
export async function verify(rig: Rig, reference: Reference): Promise<Findings> {
  const findings: Findings = { lost: [], doubled: [], wrong: [] };
  const store = openStoreForReading(rig.data);
  try {
    const reader = store.pipeline(NAME);
    journal(reader, reference.outcomes, findings);
    outputs(reader, reference.outcomes, findings);
    published(rig, reference.outcomes, findings);
    states(await resumedState(rig.pipeline, reader), reference.state(), findings);
  } finally {
    store.close();
  }
  return findings;
}

/** Every event stands in the journal once, in order. */
function journal(
  reader: PipelineReader,
  expected: readonly ExpectedOutcome[],
  { lost, doubled }: Findings,
): void {
  const seen = new Map<string, number>();
  for (let position = 0; ; ) {
    const rows = reader.journal(position, 1000);
    if (rows.length === 0) break;
    for (const { sample } of rows) {
      const name = `${sample.key} ${new Date(sample.time).toISOString()} ${sample.values["value"]}`;
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
    position = rows.at(-1)?.position ?? position + 1;
  }
  for (const { event } of expected) {
    const name = `${event.key} ${event.timestamp} ${event.value}`;
    const times = seen.get(name) ?? 0;
    seen.delete(name);
    if (times === 0) lost.push(`event ${event.n}`);
    if (times > 1) doubled.push(`event ${event.n}, ${times} times`);
  }
  for (const name of seen.keys()) doubled.push(`unknown: ${name}`);
}

/** Stored outputs are replay's rows, byte for byte. */
function outputs(reader: PipelineReader, expected: readonly ExpectedOutcome[], { wrong }: Findings): void {
  const stored = reader.outputs(0, expected.length + 1);
  const changes = new Map(reader.alerts(0, expected.length + 1).map((row) => [row.position, row.change]));
  const rows = new OutcomeRows({ targets: ["value"], sequence: { late: "step" } });
  if (stored.length !== expected.length) wrong.push(`${stored.length} outputs for ${expected.length} events`);
  for (const output of stored) {
    const { position, key, time, prediction } = output;
    const event = streamEvent({ key, time, arrival: 0, values: {} });
    Object.assign(event, { prediction, change: changes.get(position) });
    const found = JSON.stringify(rows.row(event));
    const due = JSON.stringify(expected[position - 1]?.row);
    if (found !== due) wrong.push(`output ${position} is ${found}, not ${due}`);
  }
}

/** Every prediction and every change of an alert has been published, with replay's numbers, however often. */
function published(rig: Rig, expected: readonly ExpectedOutcome[], { wrong }: Findings): void {
  const predictions = new Map(rig.listener.predictions.map((seen) => [seen.position, seen]));
  const alerts = new Set(rig.listener.bodies<{ id: string }>("/alert").map(({ id }) => id));
  expected.forEach(({ event, seq, row }, i) => {
    const seen = predictions.get(i + 1);
    const { forecast, lower, upper, score, alert, event: change } = row;
    const due = JSON.stringify({
      key: event.key,
      seq,
      value: event.value,
      forecast,
      lower,
      upper,
      score,
      alert,
    });
    const found = JSON.stringify(
      seen && {
        key: seen.key,
        seq: seen.seq,
        value: seen.value,
        forecast: seen.forecast,
        lower: seen.lower,
        upper: seen.upper,
        score: seen.score,
        alert: seen.alert ? 1 : 0,
      },
    );
    if (found !== due) wrong.push(`prediction ${i + 1} is ${found}, not ${due}`);
    const id = `${NAME}/${event.key}/${seq}/alert/${change}`;
    if (change !== null && !alerts.has(id)) wrong.push(`alert ${id} was not published`);
  });
}

/** The state, bit for bit. */
function states(found: Map<string, string>, due: Map<string, string>, { wrong }: Findings): void {
  for (const slot of new Set([...found.keys(), ...due.keys()])) {
    if (found.get(slot) !== due.get(slot)) wrong.push(`slot ${slot} differs`);
  }
}
