import { z } from "zod";
import {
  about,
  checkedText,
  duration,
  fieldName,
  finite,
  flag,
  instant,
  integer,
  listOf,
  nonNegative,
} from "./value-types.js";

const row = integer(0);
const count = integer(0);

const label = checkedText({
  words: "a name",
  code: "BAD_TEXT",
  check: (text) => (text.trim() === "" ? "not empty" : undefined),
});

const fault = z
  .strictObject(
    {
      at: about(row, "First row, from 0.", { example: 300 }),
      length: about(integer(1).default(1), "How many rows."),
      add: about(finite.optional(), "Added to the value.", { example: 4, absent: "nothing is added" }),
      value: about(finite.optional(), "Takes the value's place.", { example: 0, absent: "the value stays" }),
      stuck: about(
        z.literal(true, "true").meta({ title: "true" }).optional(),
        "The value stays what it was at the first row.",
        { absent: "the value moves on" },
      ),
    },
    "a fault: at, length, and one of add, value, stuck",
  )
  .meta({ description: "Something goes wrong: one of `add`, `value`, `stuck`." });

const wave = z
  .strictObject(
    {
      level: about(finite.default(0), "The mean."),
      amplitude: about(nonNegative.default(0), "Of the sine around it."),
      period: about(duration.optional(), "Of the sine.", { example: "24h", absent: "no sine" }),
      noise: about(nonNegative.default(0), "Standard deviation of normal noise."),
      trend: about(finite.default(0), "Change per hour."),
      faults: about(
        z.array(fault, "a list of faults").meta({ title: "a list of faults" }).default([]),
        "What goes wrong, and when.",
      ),
    },
    "a field: level, amplitude, period, noise, trend, faults",
  )
  .meta({ description: "level + amplitude * sin(2 pi t / period) + trend * t + noise, then the faults." });

const series = z
  .strictObject(
    {
      count: about(integer(1, 1_000_000), "How many rows.", { example: 1500 }),
      every: about(duration, "Time from row to row.", { example: "1m" }),
      start: about(instant.default("2025-01-01T00:00:00Z"), "Time of the first row."),
      seed: about(integer(0).default(1), "Of the noise."),
      fields: about(
        z.record(fieldName, wave, "fields by name").meta({ title: "fields by name" }),
        "The fields of the payloads; the pipeline's time field is written by itself.",
        { example: { rms: { level: 2, noise: 0.1 } } },
      ),
    },
    "a series: count, every, start, seed, fields",
  )
  .meta({ description: "Rows made on the spot: the same seed, the same rows." });

const rowRange = z.strictObject(
  {
    from: about(row, "First row, from 0.", { example: 300 }),
    to: about(row, "Last row, itself included.", { example: 320 }),
  },
  "rows: { from, to }",
);

const COUNT_WORDS = "a whole number from 0, or { min, max }";

const alertCount = z
  .xor(
    [
      count,
      z.strictObject(
        {
          min: about(count.default(0), "At least so many."),
          max: about(count.optional(), "At most so many.", { absent: "any number" }),
        },
        COUNT_WORDS,
      ),
    ],
    COUNT_WORDS,
  )
  .meta({ title: COUNT_WORDS });

const noted = (meaning: string) => about(count.optional(), meaning);

const notes = z.strictObject(
  {
    late: noted("Earlier than its key's newest, and dropped."),
    repeated: noted("Its id came before."),
    "not-a-number": noted("A number was NaN or infinite."),
    "missing-field": noted("A field that the pipeline reads was not there."),
    "wrong-type": noted("A field was something else than a number."),
    "bad-time": noted("The time could not be read."),
    "no-key": noted("The key could not be made, or was empty."),
    unreadable: noted("The payload could not be read."),
    "too-large": noted("The payload was longer than `input.max-bytes`."),
    "too-early": noted("The time was further ahead than `input.max-ahead`."),
    retained: noted("A retained message, and ignored."),
    fault: noted("Eddy itself failed at it."),
  },
  "counts by note, such as { late: 3 }",
);

const SHARE_WORDS = "a share from 0 to 1";
const CELL_WORDS = "a number, a text or true/false";

const cell = z.strictObject(
  {
    row: about(row, "Row, from 0.", { example: 400 }),
    column: about(label, "Column of the replay's output.", { example: "forecast" }),
    value: about(
      z.xor([finite, z.string(CELL_WORDS), z.boolean(CELL_WORDS)], CELL_WORDS).meta({ title: CELL_WORDS }),
      "What must stand there.",
      { example: 2 },
    ),
    within: about(nonNegative.default(0), "How far off a number may be."),
  },
  "a cell: row, column, value, within",
);

const expect = z
  .strictObject(
    {
      rows: about(count.optional(), "How many rows come out.", { example: 1500 }),
      stepped: about(count.optional(), "How many of them stepped the network.", { example: 1497 }),
      alerts: about(alertCount.optional(), "How many alerts are raised.", { example: { max: 2 } }),
      raised: about(
        listOf(rowRange, "a list of { from, to }").optional(),
        "In each of these ranges an alert is raised.",
        { example: [{ from: 1200, to: 1230 }] },
      ),
      quiet: about(
        listOf(rowRange, "a list of { from, to }").optional(),
        "In none of these ranges an alert is raised.",
        { example: [{ from: 800, to: 1199 }] },
      ),
      notes: about(notes.optional(), "How many rows carry a note.", { example: { late: 3 } }),
      "mae-below-persistence": about(
        flag.optional(),
        "The forecasts' mean absolute error is below that of repeating the newest value.",
        { example: true },
      ),
      named: about(count.optional(), "How many rows tell the class, the value or the symbols.", {
        example: 20,
      }),
      accuracy: about(
        z.number(SHARE_WORDS).min(0, SHARE_WORDS).max(1, SHARE_WORDS).meta({ title: SHARE_WORDS }).optional(),
        "At least this share of the classes that are named is the one that the target's field says; of symbols, of all that are there or are told.",
        { example: 0.95 },
      ),
      mae: about(
        nonNegative.optional(),
        "The mean absolute error of the values that are estimated is at most this.",
        { example: 0.5 },
      ),
      cells: about(listOf(cell, "a list of cells").optional(), "Single cells of the output.", {
        example: [{ row: 1400, column: "forecast", value: 2, within: 0.5 }],
      }),
    },
    "what must come out: rows, stepped, alerts, raised, quiet, notes, mae-below-persistence, named, accuracy, mae, cells",
  )
  .meta({ description: "What must come out. Absent fields are not looked at." });

const record = z.record(z.string(), z.unknown(), "a payload: fields and their values");

const PAYLOAD_WORDS = "a text, or { hex } with bytes";

const hex = checkedText({
  words: "bytes in hexadecimal",
  code: "BAD_HEX",
  check: (text) => (/^(?:[\da-f]{2})*$/i.test(text.replace(/\s/g, "")) ? undefined : "two digits a byte"),
});

const payload = z
  .xor(
    [
      z.string(PAYLOAD_WORDS),
      z.strictObject(
        { hex: about(hex, "The bytes, spaces where they help.", { example: "00 00 c8 41" }) },
        PAYLOAD_WORDS,
      ),
    ],
    PAYLOAD_WORDS,
  )
  .meta({ title: PAYLOAD_WORDS });

export const testFormat = z
  .strictObject(
    {
      name: about(label, "What the test shows.", { example: "a bearing fault raises one alert" }),
      input: about(label.optional(), "A recording, CSV or NDJSON, relative to the pipeline's file.", {
        example: "recordings/pump-3.csv",
      }),
      rows: about(
        listOf(record, "a list of payloads").optional(),
        "What payloads hold, after the codec has read them.",
        {
          example: [{ ts: "2025-01-01T00:00:00Z", rms: 2 }],
        },
      ),
      payloads: about(
        listOf(payload, "a list of payloads").optional(),
        "Payloads as they come over the wire: a text, or bytes; read by `input.codec`.",
        { example: ['{"ts": "2025-01-01T00:00:00Z", "rms": 2}'] },
      ),
      series: series.optional(),
      topic: about(label.optional(), "Topic that the rows come on, for a key made of it.", {
        example: "plant/pump-3/vibration",
        absent: "none: a key that needs one is `default`",
      }),
      expect,
    },
    "a test: name, one of input, rows, payloads, series; topic, expect",
  )
  .meta({
    description: "One test: a replay of `input`, `rows`, `payloads` or `series` (exactly one of them).",
  });

export const testsFormat = about(
  z.array(testFormat, "a list of tests").meta({ title: "a list of tests" }),
  "Tests that the pipeline carries; `eddy test` runs them.",
);
