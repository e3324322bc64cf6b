import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FlatJson } from "../../src/codecs/flat-json.js";

const encoder = new TextEncoder();

/** What is read of texts that come one after the other: by itself, or else by JSON.parse; and how many by itself. */
function readAll(texts: readonly string[]) {
  const flat = new FlatJson();
  let count = 0;
  const records = texts.map((text) => {
    const record = flat.read(encoder.encode(text));
    if (record !== undefined) {
      count++;
      return record;
    }
    const parsed = parse(text);
    if (typeof parsed === "object" && parsed !== null) flat.learn(text, parsed as Record<string, unknown>);
    return parsed;
  });
  return { records, count };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return "not JSON";
  }
}

describe("FlatJson", () => {
  it("reads a sensor's payloads by itself from the third on", () => {
    const texts = Array.from({ length: 50 }, (_, i) => `{"ts":${1764000000000 + i},"value":${i / 8 - 3}}`);
    const { records, count } = readAll(texts);
    expect(records).toEqual(texts.map(parse));
    expect(count).toBe(48);
  });

  it("reads several forms in turns, and what has whitespace and escapes in it", () => {
    const forms = ['{"a":#}', '{ "b" : # , "\\u0063\\"" : #\n}', '{"é":#,"d":#,"a":#}'];
    const texts = Array.from({ length: 90 }, (_, i) => forms[i % 3]!.replaceAll("#", String(i / 4)));
    const { records, count } = readAll(texts);
    expect(records).toEqual(texts.map(parse));
    expect(count).toBeGreaterThan(60);
  });

  it("rests where payloads are of another kind", () => {
    const { count } = readAll(
      Array.from({ length: 5000 }, (_, i) => (i % 2000 < 1999 ? '{"a":"x"}' : '{"a":1}')),
    );
    expect(count).toBe(0);
  });

  it("reads whatever comes as JSON.parse does, numbers to the bit", () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.integer().map(String),
      fc.tuple(fc.integer(), fc.nat({ max: 1e9 })).map(([whole, part]) => `${whole}.${part}`),
      fc.constantFrom(
        "0",
        "-0",
        "00",
        "01",
        "1.",
        ".5",
        "-",
        "-.1",
        "1e3",
        "1E-7",
        "0.1",
        "123456789012345.6",
        "9007199254740993",
      ),
    );
    const form = fc.constantFrom(
      '{"a":#}',
      '{"a":#,"b":#}',
      '{"a":#,"a":#}',
      '{"__proto__":#}',
      '{"2":#,"1":#}',
      '{"a":[#]}',
      '[{"a":#}]',
      '{"a":#}}',
      '{"a":# "b":#}',
      '{"a":"#"}',
      "#",
    );
    const text = fc
      .tuple(form, number, number)
      .map(([of, x, y]) => of.replace("#", () => x).replace("#", () => y));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), (texts) => {
        const { records } = readAll(texts);
        for (const [i, record] of records.entries()) {
          const expected = parse(texts[i]!);
          expect(record).toEqual(expected);
          expect(Object.keys(record as object)).toEqual(Object.keys(expected as object));
        }
      }),
      { seed: 11, numRuns: 3000 },
    );
  });
});
