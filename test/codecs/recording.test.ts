import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RecordingRow, readRecording } from "../../src/codecs/index.js";
import { sharedData, sharedDataHint } from "../support/shared-data.js";

async function rowsOf(name: string, ...chunks: string[]): Promise<RecordingRow[]> {
  const rows: RecordingRow[] = [];
  for await (const row of readRecording(name, chunks)) rows.push(row);
  return rows;
}
const records = async (name: string, text: string) => (await rowsOf(name, text)).map((row) => row.record);
const csvCell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

describe("readRecording() of CSV", () => {
  it("reads a row per line by the header's names, with its line and its text", async () => {
    expect(await rowsOf("a.csv", "ts,value\n2014-04-01,20.0\n2014-04-02,21\n")).toEqual([
      { line: 2, record: { ts: "2014-04-01", value: "20.0" }, raw: "2014-04-01,20.0" },
      { line: 3, record: { ts: "2014-04-02", value: "21" }, raw: "2014-04-02,21" },
    ]);
  });

  it("takes a BOM, CRLF, blank lines, spaces around names and no end of line at the end", async () => {
    expect(await rowsOf("a.csv", "\u{feff}ts , value\r\n\r\n1,2\r\n  \r\n3,4")).toEqual([
      { line: 3, record: { ts: "1", value: "2" }, raw: "1,2" },
      { line: 5, record: { ts: "3", value: "4" }, raw: "3,4" },
    ]);
  });

  it.each(["a;b\n1,5;2\n", "a\tb\n1,5\t2\n"])("finds the delimiter in the header: %o", async (text) => {
    expect(await records("a.csv", text)).toEqual([{ a: "1,5", b: "2" }]);
  });

  it("reads quoted fields, with delimiters, quotes and ends of lines in them", async () => {
    expect(await rowsOf("a.csv", '"a","b,c"\n"x ""y""","1\n2"\nz,3\n')).toEqual([
      { line: 2, record: { a: 'x "y"', "b,c": "1\n2" }, raw: '"x ""y""","1\n2"' },
      { line: 4, record: { a: "z", "b,c": "3" }, raw: "z,3" },
    ]);
  });

  it("leaves out columns without a name", async () => {
    expect(await records("a.csv", ",a,\n0,1,2\n")).toEqual([{ a: "1" }]);
  });

  it("takes the columns topic and key for what they are", async () => {
    const rows = await rowsOf("a.csv", "topic,key,v\na/b,007,1\n,,2\n");
    expect(rows.map(({ topic, key }) => [topic, key])).toEqual([
      ["a/b", "007"],
      ["", ""],
    ]);
    expect((await rowsOf("a.csv", "v\n1\n"))[0]).not.toHaveProperty("key");
  });

  it("goes on after a row with a wrong number of columns", async () => {
    const rows = await rowsOf("a.csv", "a,b\n1\n1,2,3\n1,2\n");
    expect(rows.map(({ line, record, unreadable }) => [line, record, unreadable])).toEqual([
      [2, { a: "1" }, "line 2: expected 2 columns as in the header, found 1"],
      [3, { a: "1", b: "2" }, "line 3: expected 2 columns as in the header, found 3"],
      [4, { a: "1", b: "2" }, undefined],
    ]);
  });

  it("loses only the line of a stray quote", async () => {
    const lines = Array.from({ length: 200 }, (_, i) => (i === 50 ? '"5,50' : `${i},x`));
    const rows = await rowsOf("a.csv", `a,b\n${lines.join("\n")}\n`);
    expect(rows.map(({ line }) => line)).toEqual(lines.map((_, i) => i + 2));
    expect(rows.filter(({ unreadable }) => unreadable !== undefined)).toEqual([
      {
        line: 52,
        record: {},
        raw: '"5,50',
        unreadable: 'line 52: expected quotes around whole fields, found "\\"5,50"',
      },
    ]);
    expect(rows[198]?.record).toEqual({ a: "198", b: "x" });
  });

  it.each([
    ['a,b\n5" pipe,1\nx,2\n6" pipe,3\ny,4\n', [2, 4]],
    ['a,b\n"x"y,1\nx,2\n', [2]],
    ['a,b\nx,2\n"y,1', [3]],
    ['a,b\n"y,1\n"z,2\n3,4', [2, 3]],
  ])("says which lines of %o have stray quotes", async (text, lines) => {
    const rows = await rowsOf("a.csv", text);
    expect(rows.filter(({ unreadable }) => unreadable).map(({ line }) => line)).toEqual(lines);
    expect(rows.map(({ line }) => line)).toEqual([2, 3, 4, 5].slice(0, rows.length));
  });

  it.each([
    ["", "an empty file"],
    ["\n\n", "an empty file"],
    ["2014-04-01 00:00:00,20.0\n", 'values: "2014-04-01 00:00:00,20.0"'],
    ["a,b,a\n1,2,3\n", 'two columns named "a"'],
    ['a"b,c\n1,2\n3,4', '"a\\"b,c\\n1,2\\n3,4"'],
  ])("rejects %o: no header", async (text, found) => {
    await expect(rowsOf("pump.csv", text)).rejects.toThrow(
      expect.objectContaining({
        code: "RECORDING_UNREADABLE",
        message: `Cannot read recording pump.csv, line 1: expected a header with the columns' names, found ${found}`,
      }),
    );
  });

  it("rejects a file that is one endless line", async () => {
    const chunk = "x".repeat(1 << 20);
    await expect(rowsOf("a.csv", ...Array.from({ length: 17 }, () => chunk))).rejects.toThrow(
      "expected lines of at most 16777216 characters",
    );
  });

  it("reads back what was written, wherever the chunks are cut", async () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "7", ",", '"', "\n", " ", "ü", "😀") });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        async (rows, cuts) => {
          const text = `first,second\n${rows.map((row) => row.map(csvCell).join(",")).join("\n")}\n`;
          const ends = [...cuts.map((cut) => cut % text.length), 0, text.length].sort((a, b) => a - b);
          const chunks = ends.slice(1).map((end, i) => text.slice(ends[i], end));
          const read = await rowsOf("a.csv", ...chunks);
          expect(read.map(({ record }) => [record["first"], record["second"]])).toEqual(rows);
        },
      ),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe("readRecording() of NDJSON", () => {
  it("reads a payload per line, and an array's objects as rows of that line", async () => {
    const text = '{"a":1,"key":7,"topic":"x/y"}\n\n[{"a":2},{"a":3}]\n';
    expect(await rowsOf("a.ndjson", text)).toEqual([
      {
        line: 1,
        record: { a: 1, key: 7, topic: "x/y" },
        topic: "x/y",
        key: "7",
        raw: '{"a":1,"key":7,"topic":"x/y"}',
      },
      { line: 3, record: { a: 2 }, raw: '[{"a":2},{"a":3}]' },
      { line: 3, record: { a: 3 }, raw: '[{"a":2},{"a":3}]' },
    ]);
  });

  it("goes on after a line that is not JSON", async () => {
    const rows = await rowsOf("a.jsonl", '{"a":1}\n{"a":\n5\n{"a":2}');
    expect(rows.map(({ unreadable }) => unreadable)).toEqual([
      undefined,
      expect.stringContaining('line 2: expected JSON, found "{\\"a\\":"'),
      "line 3: expected a JSON object or an array of objects, found 5",
      undefined,
    ]);
  });

  it("is told by its first character when the name says nothing", async () => {
    expect(await records("a.log", ' {"a":1}\n')).toEqual([{ a: 1 }]);
    expect(await records("a.log", "a\n1\n")).toEqual([{ a: "1" }]);
  });

  it("reads an empty file as no rows", async () => {
    expect(await rowsOf("a.ndjson")).toEqual([]);
  });
});

describe.skipIf(!sharedData)(`readRecording() of real recordings${sharedDataHint}`, () => {
  const path = (name: string) => join(sharedData ?? "", name);

  it.each([
    ["nab/data/realKnownCause/machine_temperature_system_failure.csv", ["timestamp", "value"]],
    ["ett/ETTh1.csv", ["date", "HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"]],
    [
      "noaa_weather/seattle-weather.csv",
      ["date", "precipitation", "temp_max", "temp_min", "wind", "weather"],
    ],
  ])("reads every row of %s", async (name, columns) => {
    let count = 0;
    for await (const row of readRecording(name, createReadStream(path(name), "utf8"))) {
      if (row.unreadable !== undefined) expect.fail(row.unreadable);
      if (count++ === 0) expect(Object.keys(row.record)).toEqual(columns);
    }
    expect(count).toBe(readFileSync(path(name), "utf8").trim().split("\n").length - 1);
  });

  it("reads SKAB, whose columns semicolons delimit", async () => {
    const name = "skab/data/anomaly-free/anomaly-free.csv";
    for await (const row of readRecording(name, createReadStream(path(name), "utf8"))) {
      expect(row.record).toMatchObject({ datetime: "2020-02-08 13:30:47", Temperature: "90.6454" });
      break;
    }
  });
});
