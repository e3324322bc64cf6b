import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Codec, codecOf, type SampleReaderOptions, sampleReader } from "../../src/codecs/index.js";
import { parseKeyTemplate, timeReader } from "../../src/core/index.js";

const ARRIVAL = Date.UTC(2024, 4, 1, 12);
const HOUR = 3_600_000;
const json = codecOf("json");
const utf8 = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

function makeReader(options: Partial<SampleReaderOptions> = {}) {
  return sampleReader({
    key: parseKeyTemplate("{topic[1]}"),
    time: "ts",
    timeReader: timeReader(),
    fields: ["rms"],
    maxAheadMs: HOUR,
    maxBytes: 1000,
    ...options,
  });
}

const read = (record: Record<string, unknown>, options: Partial<SampleReaderOptions> = {}) =>
  makeReader(options).fromRecord(record, "plant/pump-3/vibration", ARRIVAL);

describe("SampleReader with topics of marks", () => {
  const marked = makeReader({ maxBytes: 4, marks: [{ filter: "plant/+/end", field: "topic plant/+/end" }] });
  const mark = { key: "pump-3", time: ARRIVAL, arrival: ARRIVAL, values: { "topic plant/+/end": 1 } };

  it.each([[""], ["not JSON, and longer than any payload may be"], ['{"ts":0,"rms":1}']])(
    "makes a mark of a message there, whatever its payload: %j",
    (payload) => {
      const bytes = new TextEncoder().encode(payload);
      expect(marked.fromPayload(json, "plant/pump-3/end", bytes, ARRIVAL)).toEqual([mark]);
    },
  );

  it("makes one of a row with such a topic, at the row's time if it has one", () => {
    expect(marked.fromRecord({ topic: "plant/pump-3/end" }, "plant/pump-3/end", ARRIVAL)).toEqual(mark);
    expect(marked.fromRecord({ ts: 1e9, rms: 2 }, "plant/pump-3/end", ARRIVAL, "other")).toEqual({
      ...mark,
      key: "other",
      time: 1e12,
    });
    expect(marked.fromRecord({ ts: "soon" }, "plant/pump-3/end", ARRIVAL)).toMatchObject({
      note: "bad-time",
    });
  });

  it("leaves other topics and rows without a topic as they are", () => {
    expect(marked.fromRecord({ ts: 1e9, rms: 2 }, "plant/pump-3/rms", ARRIVAL)).toMatchObject({
      values: { rms: 2 },
    });
    expect(marked.fromRecord({ ts: 1e9 }, undefined, ARRIVAL)).toMatchObject({ note: "missing-field" });
  });
});

describe("SampleReader", () => {
  const failing = (error: unknown): Codec => ({
    name: "json",
    read: () => {
      throw error;
    },
  });
  const payload = Uint8Array.of(1);

  it("rejects a payload at which its codec fails: it would come again for ever", () => {
    const error = new TypeError("Cannot read properties of\nundefined");
    expect(makeReader().fromPayload(failing(error), "plant/pump-3/vibration", payload, ARRIVAL)).toEqual([
      {
        note: "fault",
        detail:
          "expected a payload that Eddy can read, found one at which it failed: TypeError: Cannot read properties of undefined",
      },
    ]);
    const record = { ts: 0, rms: 1 };
    const key = {
      ...parseKeyTemplate("k"),
      render: () => {
        throw error;
      },
    };
    expect(makeReader({ key }).fromRecord(record, "a", ARRIVAL)).toMatchObject({ note: "fault" });
  });

  it("passes on what isn't the payload's fault", () => {
    const error = new RangeError("Array buffer allocation failed");
    expect(() => makeReader().fromPayload(failing(error), "a", payload, ARRIVAL)).toThrow(error);
  });
});

describe("SampleReader.fromRecord()", () => {
  const fields = [
    { field: "cepstra", kind: "vector", size: 2 },
    { field: "end", kind: "mark", isOptional: true },
    { field: "speaker", kind: "label", isOptional: true },
  ] as const;

  it("reads sets of symbols as they are written, an empty one too, and from the text of a CSV file", () => {
    const keys = { time: undefined, fields: [{ field: "keys", kind: "labels" }] } as const;
    expect(read({ keys: [60, "64", true] }, keys)).toMatchObject({ values: { keys: ["60", "64", "true"] } });
    expect(read({ keys: [] }, keys)).toMatchObject({ values: { keys: [] } });
    expect(read({ keys: " 60 64" }, { ...keys, numericText: true })).toMatchObject({
      values: { keys: ["60", "64"] },
    });
    expect(read({ keys: "60 64" }, keys)).toMatchObject({
      note: "wrong-type",
      detail:
        'expected an array of texts, numbers or true/false, or an empty one in field "keys", found "60 64"',
    });
    expect(read({ keys: [60, [61]] }, keys)).toMatchObject({
      note: "wrong-type",
      detail: expect.stringContaining('expected text, a number or true/false in field "keys[1]"'),
    });
  });

  it("takes a class for a name and a mark for 1 or 0, however they are written", () => {
    const values = (more: Record<string, unknown>) =>
      read({ cepstra: [1, 2], ...more }, { time: undefined, fields });
    expect(values({ end: true, speaker: 3 })).toMatchObject({ values: { end: 1, speaker: "3" } });
    expect(values({ end: "No", speaker: "ann" })).toMatchObject({ values: { end: 0, speaker: "ann" } });
    expect(values({ end: 1, speaker: true })).toMatchObject({ values: { end: 1, speaker: "true" } });
    expect(values({ end: "perhaps" })).toMatchObject({
      note: "wrong-type",
      detail: 'expected true or false (or yes, no, 1, 0) in field "end", found "perhaps"',
    });
  });

  it("leaves optional fields out where they are missing", () => {
    expect(read({ cepstra: [1, 2], end: null, speaker: "" }, { time: undefined, fields })).toMatchObject({
      values: { cepstra: Float64Array.of(1, 2) },
    });
    const sample = read({ cepstra: [1, 2] }, { time: undefined, fields });
    expect("values" in sample && Object.keys(sample.values)).toEqual(["cepstra"]);
  });

  it("rejects a vector of another length", () => {
    expect(read({ cepstra: [1, 2, 3] }, { time: undefined, fields })).toEqual({
      note: "wrong-type",
      detail: 'expected an array of 2 numbers in field "cepstra", found an array of 3',
    });
  });
});

describe("SampleReader.fromPayload()", () => {
  it("makes a sample of a payload, with the fields asked for and no others", () => {
    const payload = utf8({ ts: "2024-05-01 11:59:00", rms: 0.5, other: 1 });
    expect(makeReader().fromPayload(json, "plant/pump-3/vibration", payload, ARRIVAL)).toEqual([
      { key: "pump-3", time: ARRIVAL - 60_000, arrival: ARRIVAL, values: { rms: 0.5 } },
    ]);
  });

  it("takes the arrival for the time when no field is named", () => {
    const [sample] = makeReader({ time: undefined }).fromPayload(json, "a/b", utf8({ rms: 1 }), ARRIVAL);
    expect(sample).toEqual({ key: "b", time: ARRIVAL, arrival: ARRIVAL, values: { rms: 1 } });
  });

  it("reads the others when one record of an array is rejected", () => {
    const payload = utf8([{ rms: 1 }, { rms: null }, { rms: 3 }]);
    expect(makeReader({ time: undefined }).fromPayload(json, "a/b", payload, ARRIVAL)).toMatchObject([
      { values: { rms: 1 } },
      { note: "missing-field" },
      { values: { rms: 3 } },
    ]);
  });

  it("rejects a thousand broken records once for each reason", () => {
    const records = [...Array.from({ length: 300 }, () => ({ r: 1 })), { rms: "x" }, { rms: 1 }, { rms: [] }];
    const payload = utf8(records);
    const reader = makeReader({ time: undefined, maxBytes: 1e6 });
    expect(reader.fromPayload(json, "a/b", payload, ARRIVAL)).toEqual([
      {
        note: "missing-field",
        detail:
          'expected a number in field "rms", found none; the payload has "r"; likewise 299 more of 303 records',
      },
      {
        note: "wrong-type",
        detail: 'expected a number in field "rms", found "x"; likewise 1 more of 303 records',
      },
      { key: "b", time: ARRIVAL, arrival: ARRIVAL, values: { rms: 1 } },
    ]);
  });

  it("rejects a payload that is too large unread, and one that is unreadable", () => {
    const large = new Uint8Array(1001);
    expect(makeReader().fromPayload(json, "a/b", large, ARRIVAL)).toEqual([
      { note: "too-large", detail: "expected at most 1000 bytes, found 1001 bytes" },
    ]);
    expect(makeReader().fromPayload(json, "a/b", new Uint8Array(3), ARRIVAL)).toMatchObject([
      { note: "unreadable" },
    ]);
  });

  it.each([
    ["{topic[1]}", ["a", "b", "a", "a"]],
    ["{topic[1]}/{unit}", ["a/x", "b/y", "a/z", "a/x"]],
    ["{unit}", ["x", "y", "z", "x"]],
    ["all", ["all", "all", "all", "all"]],
  ])("makes the key of every payload by %s, also on a topic that came before", (template, keys) => {
    const reader = makeReader({ key: parseKeyTemplate(template) });
    const payloads = [
      ["plant/a", "x"],
      ["plant/b", "y"],
      ["plant/a", "z"],
      ["plant/a", "x"],
    ] as const;
    const found = payloads.map(([topic, unit]) => {
      reader.fromPayload(json, topic, utf8({ ts: 0 }), ARRIVAL);
      return reader.fromPayload(json, topic, utf8({ ts: 0, rms: 1, unit }), ARRIVAL);
    });
    expect(found).toEqual(keys.map((key) => [expect.objectContaining({ key })]));
  });

  it("gives the reason no-key when the topic is too short", () => {
    expect(makeReader().fromPayload(json, "plant", utf8({ ts: 0, rms: 1 }), ARRIVAL)).toEqual([
      { note: "no-key", detail: 'expected a key of 1 to 1024 characters made by "{topic[1]}", found none' },
    ]);
  });

  it("does not throw, whatever the payload holds", () => {
    const reader = makeReader({
      key: parseKeyTemplate("{k}"),
      id: "n",
      fields: ["a", { field: "b", kind: "vector" }, { field: "c", kind: "symbol" }],
      maxBytes: 1e6,
    });
    const values = fc.record({
      k: fc.oneof(fc.string(), fc.jsonValue()),
      ts: fc.oneof(fc.string(), fc.double(), fc.jsonValue()),
      n: fc.jsonValue(),
      a: fc.jsonValue(),
      b: fc.jsonValue(),
      c: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.array(values, { maxLength: 3 }), (records) => {
        for (const one of reader.fromPayload(json, "a/b", utf8(records), ARRIVAL)) {
          if ("note" in one) expect(one.detail.length).toBeLessThan(400);
          else expect(one.key).not.toBe("");
        }
      }),
      { seed: 6, numRuns: 1000 },
    );
  });
});

describe("SampleReader.fromRecord()", () => {
  it.each([
    [{ ts: 0 }, "missing-field", 'expected a number in field "rms", found none; the payload has "ts"'],
    [{ ts: 0, rms: null }, "missing-field", 'expected a number in field "rms", found null'],
    [{ ts: 0, rms: " " }, "missing-field", 'expected a number in field "rms", found " "'],
    [{ ts: 0, rms: Number.NaN }, "not-a-number", 'expected a number in field "rms", found NaN'],
    [
      { ts: 0, rms: Number.POSITIVE_INFINITY },
      "not-a-number",
      'expected a number in field "rms", found Infinity',
    ],
    [{ ts: 0, rms: "nan" }, "not-a-number", 'expected a number in field "rms", found "nan"'],
    [{ ts: 0, rms: "N/A" }, "not-a-number", 'expected a number in field "rms", found "N/A"'],
    [{ ts: 0, rms: "0.5" }, "wrong-type", 'expected a number in field "rms", found "0.5"'],
    [{ ts: 0, rms: true }, "wrong-type", 'expected a number in field "rms", found true'],
    [{ ts: 0, rms: [1] }, "wrong-type", 'expected a number in field "rms", found an array of 1'],
    [{ ts: 0, rms: {} }, "wrong-type", 'expected a number in field "rms", found an object'],
    [{ rms: 1 }, "missing-field", 'expected a time in field "ts", found none; the payload has "rms"'],
    [{ ts: "", rms: 1 }, "missing-field", 'expected a time in field "ts", found ""'],
    [
      { ts: "noon", rms: 1 },
      "bad-time",
      'field "ts": Cannot read event time "noon": expected ISO 8601, or seconds or milliseconds since 1970, within the years 1900 to 2200, found "noon"',
    ],
    [
      { ts: "2024-05-01T13:00:00.001Z", rms: 1 },
      "too-early",
      'expected a time at most 3600000 ms after its arrival at 2024-05-01T12:00:00.000Z in field "ts", found 2024-05-01T13:00:00.001Z',
    ],
  ])("rejects %o as %s", (record, note, detail) => {
    expect(read(record)).toEqual({ note, detail });
  });

  it("takes a time just at the limit, and bigints for numbers", () => {
    expect(read({ ts: "2024-05-01T13:00:00Z", rms: 5n })).toMatchObject({
      time: ARRIVAL + HOUR,
      values: { rms: 5 },
    });
  });

  it("shortens what it quotes", () => {
    const rejected = read({ ts: 0, rms: "x".repeat(100_000) });
    expect("note" in rejected && rejected.detail).toBe(
      `expected a number in field "rms", found "${"x".repeat(56)}...`,
    );
  });

  it("takes no property of JavaScript's own for a field", () => {
    expect(read({ ts: 0 }, { fields: ["constructor"] })).toMatchObject({ note: "missing-field" });
    expect(read({ rms: 1 }, { time: "toString" })).toMatchObject({ note: "missing-field" });
    expect(() => makeReader({ fields: ["__proto__"] })).toThrow(
      expect.objectContaining({ code: "BAD_FIELD" }),
    );
  });

  it("reads numbers in text where they may be, as in CSV", () => {
    const csv = { numericText: true };
    expect(read({ ts: "0", rms: " 0.5 " }, csv)).toMatchObject({ values: { rms: 0.5 } });
    expect(read({ ts: "0", rms: "1e400" }, csv)).toMatchObject({ note: "not-a-number" });
    expect(read({ ts: "0", rms: "NA" }, csv)).toMatchObject({ note: "not-a-number" });
    expect(read({ ts: "0", rms: "0,5" }, csv)).toMatchObject({ note: "wrong-type" });
    expect(read({ ts: "0", rms: "0x10" }, csv)).toMatchObject({ note: "wrong-type" });
  });

  it("gives the key default where the template needs a topic and there is none", () => {
    expect(makeReader().fromRecord({ ts: 0, rms: 1 }, undefined, ARRIVAL)).toMatchObject({ key: "default" });
    const byField = makeReader({ key: parseKeyTemplate("{site}/{n}") });
    expect(byField.fromRecord({ ts: 0, rms: 1, site: "a", n: 7 }, undefined, ARRIVAL)).toMatchObject({
      key: "a/7",
    });
  });

  it("lets a key of its own take the template's place, if it is one", () => {
    const reader = makeReader();
    const withKey = (key: string) => reader.fromRecord({ ts: 0, rms: 1 }, undefined, ARRIVAL, key);
    expect(withKey("007")).toMatchObject({ key: "007" });
    expect(withKey("")).toEqual({
      note: "no-key",
      detail: 'expected a key of 1 to 1024 characters in column key, found ""',
    });
    expect(withKey("k".repeat(1025))).toMatchObject({ note: "no-key" });
    expect(withKey("half \ud800 pair")).toMatchObject({ note: "no-key" });
  });

  it("rejects a key of an integer that was rounded: two keys could have become one", () => {
    const key = parseKeyTemplate("{n}");
    expect(read({ ts: 0, rms: 1, n: 2 ** 53 }, { key })).toEqual({
      note: "no-key",
      detail: 'expected a key of 1 to 1024 characters made by "{n}", found 9007199254740992',
    });
    expect(read({ ts: 0, rms: 1, n: 2n ** 60n }, { key })).toMatchObject({ key: "1152921504606846976" });
  });

  it("keeps the id as text", () => {
    const id = "n";
    expect(read({ ts: 0, rms: 1, n: 17 }, { id })).toMatchObject({ values: { rms: 1, n: "17" } });
    expect(read({ ts: 0, rms: 1, n: "a-17" }, { id })).toMatchObject({ values: { rms: 1, n: "a-17" } });
    expect(read({ ts: 0, rms: 1, n: 2n ** 60n }, { id })).toMatchObject({
      values: { n: "1152921504606846976" },
    });
    expect(read({ ts: 0, n: 17 }, { id, fields: ["n"] })).toMatchObject({ values: { n: 17 } });
    expect(read({ ts: 0, rms: 1 }, { id })).toMatchObject({ note: "missing-field" });
    for (const n of [2 ** 53, 1.5, {}, "i".repeat(1025)]) {
      expect(read({ ts: 0, rms: 1, n }, { id })).toMatchObject({ note: "wrong-type" });
    }
  });

  it("reads vectors as copies, and symbols", () => {
    const fields = [{ field: "v", kind: "vector" } as const, { field: "s", kind: "symbol" } as const];
    const v = new Float64Array([1, 2]);
    const sample = read({ ts: 0, v, s: "hello" }, { fields });
    v.fill(0);
    expect(sample).toMatchObject({ values: { v: new Float64Array([1, 2]), s: "hello" } });
    expect(read({ ts: 0, v: [1, 2.5], s: "a" }, { fields })).toMatchObject({
      values: { v: new Float64Array([1, 2.5]) },
    });
    expect(read({ ts: 0, v: [1, Number.NaN], s: "a" }, { fields })).toEqual({
      note: "not-a-number",
      detail: 'expected a number in field "v[1]", found NaN',
    });
    expect(read({ ts: 0, v: [], s: "a" }, { fields })).toMatchObject({ note: "missing-field" });
    expect(read({ ts: 0, v: 1, s: "a" }, { fields })).toMatchObject({ note: "wrong-type" });
    expect(read({ ts: 0, v: [1], s: 5 }, { fields })).toEqual({
      note: "wrong-type",
      detail: 'expected text in field "s", found 5',
    });
  });
});
