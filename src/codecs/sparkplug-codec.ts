import type { Codec } from "./codec.js";
import type { PayloadRecord } from "./records.js";
import { readSparkplug, type SparkplugPayload } from "./sparkplug-payload.js";
import { TimeRecords } from "./time-records.js";

/**
 * Sparkplug B (topics `spBv1.0/GROUP/DDATA/NODE/DEVICE`): the metrics of one time are one record, `{ NAME: value, time }`.
 * A metric that comes with its alias alone, as its birth may have arranged, is `alias-N`: a codec remembers nothing, so
 * that a payload reads the same whatever came before. Data sets, templates and bytes are left out.
 */
export const sparkplugCodec: Codec = {
  name: "sparkplug",
  read(payload, arrival = 0) {
    let read: SparkplugPayload;
    try {
      read = readSparkplug(payload);
    } catch (error) {
      const why = error instanceof Error ? ` (${error.message.slice(0, 100)})` : "";
      return {
        note: "unreadable",
        detail: `expected Sparkplug B, found ${payload.length} other bytes${why}`,
      };
    }
    const { timestamp, metrics } = read;
    if (timestamp === undefined && metrics.length === 0) {
      const detail = `expected Sparkplug B, found ${payload.length} bytes with neither time nor metrics`;
      return { note: "unreadable", detail };
    }
    return recordsOf(read, arrival);
  },
};

function recordsOf({ timestamp, metrics }: SparkplugPayload, arrival: number): readonly PayloadRecord[] {
  const records = new TimeRecords();
  for (const { name, alias, value, ...metric } of metrics) {
    const field = name ?? (alias === undefined ? undefined : `alias-${alias}`);
    if (field === undefined || value === undefined) continue;
    records.add("", metric.timestamp ?? timestamp ?? arrival, {}, field, value);
  }
  return records.all();
}
