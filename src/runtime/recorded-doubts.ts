import { type Label, REQUESTS, readLabel, requestFromEntry } from "../core/index.js";
import { openStoreForReading } from "../store/index.js";
import { doubtUnderAlert, doubtUnderLabel } from "../stream/index.js";

/** Outputs read at a time. */
const CHUNK = 1024;

/** How doubtful what a pipeline has journalled is, by what it raised alerts for and what people labelled. */
export interface RecordedDoubts {
  /** @returns `DOUBT` of the sample at a position */
  of(key: string, position: number, time: number): number;
}

/**
 * Reads them from a data directory, on which Eddy may be running.
 *
 * @throws see `openStoreForReading`
 */
export function readDoubts(directory: string, pipeline: string): RecordedDoubts {
  const store = openStoreForReading(directory);
  try {
    const reader = store.pipeline(pipeline);
    const alerted = new Map<string, number>();
    const doubts = new Map<number, number>();
    for (let at = 0; ; ) {
      const rows = reader.outputs(at, CHUNK);
      if (rows.length === 0) break;
      for (const { key, position, prediction } of rows) {
        const count = prediction.alert ? (alerted.get(key) ?? 0) + 1 : 0;
        alerted.set(key, count);
        const doubt = doubtUnderAlert(count);
        if (doubt > 0) doubts.set(position, doubt);
        at = position;
      }
    }
    const labels = new Map<string, Label[]>();
    for (const entry of reader.logEntries(0)) {
      if (entry.slot !== REQUESTS || entry.kind !== "label") continue;
      const { key, body } = requestFromEntry(entry);
      labels.set(key, [...(labels.get(key) ?? []), readLabel(body)]);
    }
    return {
      of: (key, position, time) =>
        (labels.get(key) ?? []).reduce(
          (doubt, label) => doubtUnderLabel(label, time, doubt),
          doubts.get(position) ?? 0,
        ),
    };
  } finally {
    store.close();
  }
}
