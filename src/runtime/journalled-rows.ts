import { setImmediate } from "node:timers/promises";
import { problem, type Sample, streamEvent } from "../core/index.js";
import type { Pipeline } from "../spec/index.js";
import { openStoreForReading } from "../store/index.js";
import type { RecordedRow } from "./recording.js";
import { fieldsOf } from "./sample-reader.js";

/** Rows read and stepped at a time, each in a read of its own: a long one would keep the log from shrinking. */
const CHUNK = 256;

/**
 * The samples that a pipeline of this name has journalled in a data directory, oldest first, up to the newest
 * at the start. Takes no lock and writes nothing, so that Eddy may be running on it.
 *
 * @throws Error code `NO_STORE` and the others of `openStoreForReading`
 * @throws RangeError code `NO_SUCH_PIPELINE`; `FIELD_NOT_RECORDED` when a field that the pipeline reads was not
 *   among those it read then
 */
export async function* journalledRows(directory: string, pipeline: Pipeline): AsyncGenerator<RecordedRow[]> {
  const store = openStoreForReading(directory);
  try {
    const reader = store.pipeline(pipeline.name);
    const fields = fieldsOf(pipeline);
    const end = reader.lastPosition();
    let position = 0;
    while (position < end) {
      const rows = reader.journal(position, CHUNK).filter((row) => row.position <= end);
      if (rows.length === 0) break;
      position = rows.at(-1)!.position;
      yield rows.map(({ sample, position }) => {
        requireFields(sample, fields, directory);
        return {
          row: { line: 0, record: sample.values, key: sample.key, raw: "" },
          outcome: Object.assign(streamEvent(sample), { position }),
        };
      });
      await setImmediate();
    }
  } finally {
    store.close();
  }
}

function requireFields({ values }: Sample, fields: readonly string[], directory: string): void {
  const missing = fields.find((field) => values[field] === undefined);
  if (missing === undefined) return;
  throw problem(RangeError, {
    code: "FIELD_NOT_RECORDED",
    action: "train on",
    on: directory,
    expected: `samples with ${fields.join(", ")}`,
    found: `one without ${missing}: it has ${Object.keys(values).join(", ") || "no fields"}`,
  });
}
