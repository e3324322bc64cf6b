import { Encoder } from "cbor-x";
import { describe, expect, it } from "vitest";
import { codecOf } from "../../src/codecs/index.js";
import { codecLaws } from "../conformance/codec.js";

const utf8 = (text: string) => new TextEncoder().encode(text);
const cborEncoder = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });
const cbor = (value: unknown) => Uint8Array.from(cborEncoder.encode(value));

const RECORD = { ts: 1396310700.5, rms: 0.25, unit: "µm", tags: ["a", null, true], nested: { x: -1 } };

codecLaws(codecOf("json"), [utf8(JSON.stringify(RECORD)), utf8(JSON.stringify([RECORD, { rms: 1e300 }]))]);
codecLaws(codecOf("text"), [utf8("21.5"), utf8(" -1e-3\n"), utf8("NaN")]);
codecLaws(codecOf("pcm16"), [new Uint8Array(Int16Array.of(1, -32_768, 32_767).buffer), new Uint8Array(0)]);
codecLaws(codecOf("cbor"), [
  cbor(RECORD),
  cbor([RECORD, { rms: 1.1 }, {}]),
  cbor({ samples: new Float32Array([1, 2, 3]), raw: new Uint8Array([1, 2, 3]) }),
]);

describe("pcm16Codec.read()", () => {
  it("reads little-endian samples, wherever in a buffer they stand", () => {
    const pcm = Uint8Array.of(9, 0x00, 0x40, 0x00, 0x80).subarray(1);
    expect(codecOf("pcm16").read(pcm)).toEqual([{ value: Float64Array.of(0.5, -1), end: false }]);
  });

  it("takes an empty payload for the mark that a sequence has ended", () => {
    const mark = [{ value: new Float64Array(0), end: true }];
    expect(codecOf("pcm16").read(new Uint8Array(0))).toEqual(mark);
  });

  it("refuses what is cut off", () => {
    expect(codecOf("pcm16").read(new Uint8Array(3))).toEqual({
      note: "unreadable",
      detail: "expected samples of 16 bits, found 3 bytes",
    });
  });
});

describe("jsonCodec.read()", () => {
  const json = codecOf("json");

  it("reads one object or an array of objects", () => {
    expect(json.read(utf8('{"a":1}'))).toEqual([{ a: 1 }]);
    expect(json.read(utf8('[{"a":1},{"a":2}]'))).toEqual([{ a: 1 }, { a: 2 }]);
    expect(json.read(utf8("[]"))).toEqual([]);
    expect(json.read(utf8('\u{feff}{"a":1}'))).toEqual([{ a: 1 }]);
  });

  it("takes the last of equal names, and __proto__ for a name like any other", () => {
    expect(json.read(utf8('{"a":1,"a":2}'))).toEqual([{ a: 2 }]);
    const records = json.read(utf8('{"__proto__":{"polluted":1}}'));
    expect("note" in records || Object.keys(records[0] ?? {})).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it.each([
    ["5", "expected a JSON object or an array of objects, found 5"],
    ["null", "expected a JSON object or an array of objects, found null"],
    ['[{"a":1},"b"]', 'expected a JSON object or an array of objects, found an array with "b" at index 1'],
    ["[[{}]]", "expected a JSON object or an array of objects, found an array with an array of 1 at index 0"],
    ["{'a':1}", "expected JSON, found \"{'a':1}\""],
    ["", 'expected JSON, found ""'],
  ])("says what is wrong with %s", (text, detail) => {
    expect(json.read(utf8(text))).toEqual({ note: "unreadable", detail: expect.stringContaining(detail) });
  });

  it("rejects bytes that are not UTF-8", () => {
    expect(json.read(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toEqual({
      note: "unreadable",
      detail: "expected JSON in UTF-8, found bytes that are not UTF-8",
    });
  });

  it("survives brackets nested a hundred thousand deep", () => {
    expect(json.read(utf8("[".repeat(100_000)))).toHaveProperty("note", "unreadable");
  });
});

describe("textCodec.read()", () => {
  const text = codecOf("text");

  it.each([
    ["21.5", 21.5],
    [" 7 \r\n", 7],
    ["-1e-3", -0.001],
    [".5", 0.5],
    ["5.", 5],
    ["nan", Number.NaN],
    ["-inf", Number.NaN],
  ])("reads %o as the field value", (payload, value) => {
    expect(text.read(utf8(payload))).toEqual([{ value }]);
  });

  it.each(["", "on", "0x10", "1,5", "1 2", "1e", "--1", "٣"])("rejects %o", (payload) => {
    expect(text.read(utf8(payload))).toEqual({
      note: "unreadable",
      detail: `expected one number as text, found ${JSON.stringify(payload)}`,
    });
  });

  it("rejects a quarter of a million digits and a letter in linear time", () => {
    expect(text.read(utf8(`${"1".repeat(250_000)}x`))).toHaveProperty("note", "unreadable");
  });
});
