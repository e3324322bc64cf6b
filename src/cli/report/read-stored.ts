import { setImmediate } from "node:timers/promises";
import { type LogEntry, REQUESTS, readLabel, requestFromEntry } from "../../core/index.js";
import type { AlertRow, PipelineReader } from "../../store/index.js";
import { type KeyLabel, Seen } from "./seen.js";

/** Rows read at a time, each in a read of its own: a long one would keep the log from shrinking. */
const CHUNK = 1000;

export interface StoredShape {
  readonly targets: readonly string[];
  /** Steps ahead of the first horizon. */
  readonly steps: number;
}

/**
 * What a pipeline has stored of its outputs, alerts and labels, as far as retention has left it. Takes no lock,
 * so that Eddy may be running on it.
 *
 * @param onProgress is told how many outputs were read
 */
export async function readStored(
  reader: PipelineReader,
  { targets, steps }: StoredShape,
  onProgress: (rows: number) => void,
): Promise<Seen> {
  const seen = new Seen(targets, steps);
  const alerts = alertsOf(reader);
  let rows = 0;
  for (let after = 0; ; ) {
    const outputs = reader.outputs(after, CHUNK);
    const last = outputs.at(-1);
    if (last === undefined) break;
    after = last.position;
    for (const { key, time, position, prediction } of outputs) {
      seen.step({ key, time, prediction, change: alerts(position)?.change, detector: "" });
    }
    rows += outputs.length;
    onProgress(rows);
    await setImmediate();
  }
  seen.labels.push(...labelsOf(reader.logEntries(0)));
  return seen;
}

/** Asked for one position after the other: the change of an alert there, if any. */
function alertsOf(reader: PipelineReader): (position: number) => AlertRow | undefined {
  let ready: AlertRow[] = [];
  let at = 0;
  let after = 0;
  let isOver = false;
  return (position) => {
    for (;;) {
      const next = ready[at];
      if (next === undefined) {
        if (isOver) return undefined;
        ready = reader.alerts(after, CHUNK);
        at = 0;
        isOver = ready.length < CHUNK;
        after = ready.at(-1)?.position ?? after;
        if (ready.length === 0) return undefined;
      } else if (next.position > position) return undefined;
      else {
        at++;
        if (next.position === position) return next;
      }
    }
  };
}

function labelsOf(entries: readonly LogEntry[]): KeyLabel[] {
  return entries.flatMap((entry) => {
    if (entry.slot !== REQUESTS || entry.kind !== "label") return [];
    const { key, body, why } = requestFromEntry(entry);
    return [{ key, why, ...readLabel(body) }];
  });
}
