import type { Codec } from "./codec.js";
import { type InfluxLine, influxLine } from "./influx-line.js";
import type { PayloadRecord } from "./records.js";
import { named, TIME_FIELD } from "./time-records.js";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * InfluxDB line protocol: a line is a record, `{ measurement, TAG: text, FIELD: value, time }`. A tag and a field of one
 * name: the field counts. Times are seconds, milliseconds, microseconds or nanoseconds, as their size says; a line
 * without one has the time of its arrival.
 */
export const influxCodec: Codec = {
  name: "influx",
  read(payload, arrival = 0) {
    let text: string;
    try {
      text = utf8.decode(payload);
    } catch {
      return {
        note: "unreadable",
        detail: "expected InfluxDB line protocol in UTF-8, found bytes that are not UTF-8",
      };
    }
    const records: PayloadRecord[] = [];
    for (let at = 0; at < text.length; ) {
      const line = influxLine(text, at);
      if ("expected" in line) {
        const { expected, found } = line;
        return { note: "unreadable", detail: `expected ${expected} in line protocol, found ${found}` };
      }
      at = line.end;
      if (line.measurement !== "") records.push(recordOf(line, arrival));
    }
    if (records.length > 0) return records;
    return { note: "unreadable", detail: "expected a line of line protocol, found none" };
  },
};

function recordOf({ measurement, tags, fields, timestamp }: InfluxLine, arrival: number): PayloadRecord {
  const record = named({});
  for (const [name, value] of [...tags, ...fields]) record[name] = value;
  record["measurement"] = measurement;
  record[TIME_FIELD] = new Date(timestamp === undefined ? arrival : milliseconds(timestamp));
  return record;
}

/** Until the year 5138 seconds have at most 11 digits, and each finer unit three more. */
function milliseconds(timestamp: number): number {
  const size = Math.abs(timestamp);
  if (size < 1e11) return timestamp * 1000;
  if (size < 1e14) return timestamp;
  return Math.round(timestamp / (size < 1e17 ? 1e3 : 1e6));
}
