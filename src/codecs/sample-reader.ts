import {
  faultText,
  formatTime,
  isProgramFault,
  type KeyTemplate,
  matches,
  problem,
  type Sample,
  type TimeReader,
  type Value,
} from "../core/index.js";
import type { Codec } from "./codec.js";
import { fieldGetter } from "./field-path.js";
import { type FieldKind, isMissing, isWellFormed, readField } from "./field-value.js";
import type { PayloadRecord } from "./records.js";
import { type Rejection, shown } from "./rejection.js";

/** A field that a pipeline reads. */
export interface FieldNeed {
  readonly field: string;
  readonly kind: FieldKind;
  /** Of vectors: how many numbers. */
  readonly size?: number;
  /** An event without it is one all the same; default false. */
  readonly isOptional?: boolean;
}

/** Topics whose messages are marks: nothing is read of them. */
export interface MarkTopic {
  readonly filter: string;
  /** The only value of such a sample, 1. */
  readonly field: string;
}

export interface SampleReaderOptions {
  readonly key: Pick<KeyTemplate, "text" | "needsTopic" | "fields" | "render">;
  /** Field with the event time; undefined: the time of arrival. */
  readonly time?: string | undefined;
  readonly timeReader: TimeReader;
  /** Fields the pipeline needs: numbers, or what is said. */
  readonly fields: readonly (string | FieldNeed)[];
  /** Field with the event's own number or id; kept as text. */
  readonly id?: string | undefined;
  /** How far beyond its arrival an event time may lie, ms. */
  readonly maxAheadMs: number;
  /** Longest payload. */
  readonly maxBytes: number;
  /** Numbers may be written in text, as in a CSV file; default false. */
  readonly numericText?: boolean | undefined;
  /** Default none. */
  readonly marks?: readonly MarkTopic[];
}

/**
 * Makes samples of payloads and of rows of recordings. Keeps nothing but what is asked for (and the keys of some
 * thousand topics), shares no memory with what it reads, and never throws: what makes no sample makes a rejection.
 */
export interface SampleReader {
  /**
   * A payload's samples, in order, with at most one rejection for each reason: it stands where the first
   * record was rejected for it and counts the others. On a topic of marks: one, of whatever payload.
   *
   * @param arrival milliseconds since 1970-01-01T00:00Z
   */
  fromPayload(codec: Codec, topic: string, payload: Uint8Array, arrival: number): (Sample | Rejection)[];
  /**
   * @param topic       undefined where there is none: then a key template that needs one gives `default`
   * @param keyOverride takes the place of the key template
   */
  fromRecord(
    record: PayloadRecord,
    topic: string | undefined,
    arrival: number,
    keyOverride?: string,
  ): Sample | Rejection;
}

/** Key of a row whose template needs a topic, in a recording without topics. */
const DEFAULT_KEY = "default";
/** Topics whose keys are remembered, where the topic alone makes the key. */
const MOST_TOPICS = 4096;
/** Longest key and longest id, in characters: a key becomes a topic level, and ids are remembered. */
const LONGEST_NAME = 1024;

/** @throws RangeError code `BAD_FIELD` for a field `__proto__`, which no object of JavaScript can hold safely */
export function sampleReader(options: SampleReaderOptions): SampleReader {
  const { key, time, timeReader, id, maxAheadMs, maxBytes, numericText = false, marks = [] } = options;
  const readings = options.fields.map((field) => ({
    ...(typeof field === "string" ? ({ field, kind: "number" } satisfies FieldNeed as FieldNeed) : field),
    numericText,
    get: fieldGetter(typeof field === "string" ? field : field.field),
  }));
  const keyFields = key.fields.map((field) => ({ field, get: fieldGetter(field) }));
  const getTime = time === undefined ? undefined : fieldGetter(time);
  const getId = id === undefined ? undefined : fieldGetter(id);
  for (const field of [...readings.map((reading) => reading.field), id]) {
    if (field === "__proto__") {
      throw problem(RangeError, {
        code: "BAD_FIELD",
        action: "read field",
        on: '"__proto__"',
        expected: "another name",
        found: '"__proto__"',
      });
    }
  }

  const readKey = (
    record: PayloadRecord,
    levels: readonly string[] | undefined,
    override: string | undefined,
  ): string | Rejection => {
    if (override === undefined && levels === undefined && key.needsTopic) return DEFAULT_KEY;
    const inexact = override === undefined ? keyFields.find(({ get }) => !isExact(get(record))) : undefined;
    const rendered = inexact === undefined ? (override ?? key.render(levels, keyValues(record))) : undefined;
    if (isName(rendered)) return rendered;
    const from = override === undefined ? `made by ${shown(key.text)}` : "in column key";
    const found = inexact === undefined ? shown(rendered) : shown(inexact.get(record));
    return {
      note: "no-key",
      detail: `expected a key of 1 to ${LONGEST_NAME} characters ${from}, found ${found}`,
    };
  };

  /** What the key is made of: most records hold it as it is. */
  const keyValues = key.fields.some((field) => field.includes("."))
    ? (record: PayloadRecord): PayloadRecord =>
        Object.fromEntries(keyFields.map(({ field, get }) => [field, get(record)]))
    : (record: PayloadRecord): PayloadRecord => record;

  const readTime = (record: PayloadRecord, arrival: number): number | Rejection => {
    if (getTime === undefined) return arrival;
    const value = getTime(record);
    if (isMissing(value)) {
      return {
        note: "missing-field",
        detail: `expected a time in field ${shown(time)}, found ${shown(value)}${besides(record, value)}`,
      };
    }
    let ms: number;
    try {
      ms = timeReader.read(value);
    } catch (error) {
      return {
        note: "bad-time",
        detail: `field ${shown(time)}: ${error instanceof Error ? error.message : ""}`,
      };
    }
    if (!(ms - arrival > maxAheadMs)) return ms;
    const latest = `at most ${maxAheadMs} ms after its arrival at ${formatTime(arrival)}`;
    return {
      note: "too-early",
      detail: `expected a time ${latest} in field ${shown(time)}, found ${formatTime(ms)}`,
    };
  };

  const readRecord = (
    record: PayloadRecord,
    levels: readonly string[] | undefined,
    arrival: number,
    keyOverride: string | undefined,
  ): Sample | Rejection => {
    const sampleKey = readKey(record, levels, keyOverride);
    if (typeof sampleKey !== "string") return sampleKey;
    const sampleTime = readTime(record, arrival);
    if (typeof sampleTime !== "number") return sampleTime;
    const values: Record<string, Value> = {};
    for (const reading of readings) {
      const raw = reading.get(record);
      if (reading.isOptional && isMissing(raw)) continue;
      const value = readField(reading, raw);
      if (typeof value === "object" && "note" in value) {
        return { ...value, detail: value.detail + besides(record, raw) };
      }
      values[reading.field] = value;
    }
    if (id !== undefined && getId !== undefined) {
      const text = readId(id, getId(record));
      if (typeof text !== "string") return text;
      if (!Object.hasOwn(values, id)) values[id] = text;
    }
    return { key: sampleKey, time: sampleTime, arrival, values };
  };

  // The same string for the same key is found sooner, in all the maps that have something under it.
  const keysOfTopics = new Map<string, string>();
  const remember = (topic: string, read: Sample | Rejection | undefined): void => {
    if (key.fields.length > 0 || read === undefined || "note" in read) return;
    if (keysOfTopics.size >= MOST_TOPICS) keysOfTopics.clear();
    keysOfTopics.set(topic, read.key);
  };

  const markOf = (topic: string | undefined): MarkTopic | undefined =>
    topic === undefined ? undefined : marks.find(({ filter }) => matches(filter, topic));

  /** A mark in a recording may have a time; it needs none. */
  const readMark = (
    { field }: MarkTopic,
    record: PayloadRecord,
    topic: string | undefined,
    arrival: number,
    keyOverride: string | undefined,
  ): Sample | Rejection => {
    const sampleKey = readKey(record, topic?.split("/"), keyOverride);
    if (typeof sampleKey !== "string") return sampleKey;
    const sampleTime = isMissing(getTime?.(record)) ? arrival : readTime(record, arrival);
    if (typeof sampleTime !== "number") return sampleTime;
    return { key: sampleKey, time: sampleTime, arrival, values: { [field]: 1 } };
  };

  const readPayload: SampleReader["fromPayload"] = (codec, topic, payload, arrival) => {
    const mark = markOf(topic);
    if (mark !== undefined) return [readMark(mark, {}, topic, arrival, undefined)];
    if (payload.length > maxBytes) {
      return [
        { note: "too-large", detail: `expected at most ${maxBytes} bytes, found ${payload.length} bytes` },
      ];
    }
    const records = codec.read(payload, arrival);
    if ("note" in records) return [records];
    const known = keysOfTopics.get(topic);
    const levels = known === undefined && key.needsTopic ? topic.split("/") : undefined;
    const read = records.map((record) => readRecord(record, levels, arrival, known));
    if (known === undefined) remember(topic, read[0]);
    return foldRejections(read);
  };

  return {
    fromPayload(codec, topic, payload, arrival) {
      try {
        return readPayload(codec, topic, payload, arrival);
      } catch (error) {
        return [rejectionOf(error)];
      }
    },
    fromRecord(record, topic, arrival, keyOverride) {
      try {
        const mark = markOf(topic);
        return mark === undefined
          ? readRecord(record, topic?.split("/"), arrival, keyOverride)
          : readMark(mark, record, topic, arrival, keyOverride);
      } catch (error) {
        return rejectionOf(error);
      }
    },
  };
}

/** Nothing of what is read should throw: this is a fault of ours. The bytes come again if they aren't taken. */
function rejectionOf(error: unknown): Rejection {
  if (isProgramFault(error)) throw error;
  return {
    note: "fault",
    detail: `expected a payload that Eddy can read, found one at which it failed: ${faultText(error)}`,
  };
}

/** Names that a detail quotes. */
const NAMES = 6;

/** Where a field isn't there at all: what is, for it may be a slip of the pen. */
function besides(record: PayloadRecord, value: unknown): string {
  if (value !== undefined) return "";
  const names = Object.keys(record);
  const some = names.slice(0, NAMES).map((name) => shown(name));
  if (names.length === 0) return "; the payload has no fields";
  return `; the payload has ${some.join(", ")}${names.length > NAMES ? `, and ${names.length - NAMES} more` : ""}`;
}

/** A payload of thousands of broken records is one dead letter for each reason, not thousands. */
function foldRejections(read: (Sample | Rejection)[]): (Sample | Rejection)[] {
  if (!read.some((one) => "note" in one)) return read;
  const counts = new Map<string, number>();
  for (const one of read) if ("note" in one) counts.set(one.note, (counts.get(one.note) ?? 0) + 1);
  const folded: (Sample | Rejection)[] = [];
  for (const one of read) {
    const count = "note" in one ? (counts.get(one.note) ?? 0) : 0;
    if (!("note" in one) || count === 1) folded.push(one);
    else if (count > 1) {
      folded.push({
        ...one,
        detail: `${one.detail}; likewise ${count - 1} more of ${read.length} records`,
      });
    }
    if ("note" in one) counts.set(one.note, 0);
  }
  return folded;
}

function readId(field: string, value: unknown): string | Rejection {
  const expected = `expected an id (an integer up to 2^53, or text up to ${LONGEST_NAME} characters) in field ${shown(field)}`;
  const detail = `${expected}, found ${shown(value)}`;
  if (isMissing(value)) return { note: "missing-field", detail };
  const isInteger = typeof value === "bigint" || Number.isSafeInteger(value);
  const text = isInteger ? String(value) : value;
  return isName(text) ? text : { note: "wrong-type", detail };
}

function isName(text: unknown): text is string {
  return typeof text === "string" && text !== "" && text.length <= LONGEST_NAME && isWellFormed(text);
}

/** An integer beyond 2^53 may have been rounded on its way: two keys could have become one. */
function isExact(value: unknown): boolean {
  return typeof value !== "number" || Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}
