import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTime, timeReader } from "../../src/core/index.js";
import { sharedData, sharedDataHint } from "../support/shared-data.js";

const reader = timeReader();
const iso = (value: unknown) => formatTime(reader.read(value));

describe("TimeReader.read()", () => {
  it.each([
    ["2014-04-01 00:05:00", "2014-04-01T00:05:00.000Z"],
    ["2014-04-01T00:05:00", "2014-04-01T00:05:00.000Z"],
    ["2014-04-01", "2014-04-01T00:00:00.000Z"],
    ["20140401", "2014-04-01T00:00:00.000Z"],
    ["20140401T000500Z", "2014-04-01T00:05:00.000Z"],
    ["2014-04-01T00:05", "2014-04-01T00:05:00.000Z"],
    ["2014-04-01T00:05:00.5", "2014-04-01T00:05:00.500Z"],
    ["2014-04-01T00:05:00,123456789Z", "2014-04-01T00:05:00.123Z"],
    ["2014-04-01T00:05:00.9996Z", "2014-04-01T00:05:01.000Z"],
    ["2014-04-01T00:05:00+02:00", "2014-03-31T22:05:00.000Z"],
    ["2014-04-01 00:05:00 -0330", "2014-04-01T03:35:00.000Z"],
    ["2014-04-01t00:05:00z", "2014-04-01T00:05:00.000Z"],
    ["2014-04-01T24:00:00Z", "2014-04-02T00:00:00.000Z"],
    ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"],
    ["2000-02-29", "2000-02-29T00:00:00.000Z"],
    ["  2014-04-01 00:05:00\r", "2014-04-01T00:05:00.000Z"],
    [1396310700, "2014-04-01T00:05:00.000Z"],
    [1396310700.25, "2014-04-01T00:05:00.250Z"],
    [1396310700000, "2014-04-01T00:05:00.000Z"],
    [1396310700000n, "2014-04-01T00:05:00.000Z"],
    ["1396310700", "2014-04-01T00:05:00.000Z"],
    ["1396310700000", "2014-04-01T00:05:00.000Z"],
    ["1.3963107e9", "2014-04-01T00:05:00.000Z"],
    [0, "1970-01-01T00:00:00.000Z"],
    [-86400, "1969-12-31T00:00:00.000Z"],
    [new Date(1396310700000), "2014-04-01T00:05:00.000Z"],
  ])("reads %o as %s", (value, expected) => {
    expect(iso(value)).toBe(expected);
  });

  it.each([
    "",
    " ",
    "noon",
    "2014-02-29",
    "1900-02-29",
    "2014-13-01",
    "2014-00-10",
    "2014-04-31 00:00:00",
    "2014-04-01 25:00:00",
    "2014-04-01 24:00:01",
    "2014-04-01 00:60:00",
    "2014-04-01 00:00:61",
    "2014-04-01 0a:00:00",
    "2014-0401",
    "04/01/2014",
    "2014-04-01T00:00:00+24:00",
    "1899-12-31T23:59:59Z",
    "2201-01-01T00:00:00Z",
    "0x10",
    "NaN",
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e300,
    1396310700000000,
    10n ** 400n,
    new Date(Number.NaN),
    null,
    undefined,
    true,
    {},
    Object.create(null),
    [],
    Symbol("now"),
  ])("rejects %o as BAD_TIME", (value) => {
    expect(() => reader.read(value)).toThrow(expect.objectContaining({ code: "BAD_TIME" }));
  });

  it("says what was expected and what was there, shortened", () => {
    expect(() => reader.read("x".repeat(5000))).toThrow(
      `Cannot read event time "${"x".repeat(60)}": expected ISO 8601, or seconds or milliseconds since 1970, within the years 1900 to 2200, found "${"x".repeat(60)}"`,
    );
  });

  it("throws nothing but BAD_TIME, whatever it is given", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), (value) => {
        try {
          return Number.isInteger(reader.read(value));
        } catch (error) {
          return error instanceof SyntaxError && "code" in error && error.code === "BAD_TIME";
        }
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it("writes what Date writes, for times in any order, of any year, whole or not", () => {
    const any = fc.double({ min: -8.64e15, max: 8.64e15, noNaN: true });
    const near = fc.integer({ min: -5000, max: 5000 });
    fc.assert(fc.property(fc.oneof(any, near), (ms) => formatTime(ms) === new Date(ms).toISOString()));
    expect(() => formatTime(Number.NaN)).toThrow(RangeError);
  });

  it("reads back what formatTime() writes", () => {
    const times = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2200, 11, 31) });
    fc.assert(
      fc.property(times, (ms) => reader.read(formatTime(ms)) === ms),
      { seed: 2, numRuns: 500 },
    );
  });

  it("tells seconds from milliseconds at 1e11, value by value", () => {
    const fresh = timeReader();
    expect(fresh.recognised).toBeUndefined();
    fresh.read(99_999_999);
    expect(fresh.recognised).toBe("s");
    fresh.read(1e11);
    expect(fresh.recognised).toBe("ms");
    fresh.read("2014-04-01");
    expect(fresh.recognised).toBe("iso8601");
    expect(() => fresh.read("?")).toThrow();
    expect(fresh.recognised).toBe("iso8601");
  });

  it("keeps to the unit it is given", () => {
    expect(timeReader({ unit: "s" }).read(3e9)).toBe(3e12);
    expect(timeReader({ unit: "ms" }).read("1000")).toBe(1000);
    expect(timeReader({ unit: "iso8601" }).read("19700101")).toBe(0);
    expect(timeReader({ unit: "s" }).read("20140401")).toBe(20_140_401_000);
    for (const [unit, value] of [
      ["s", "2014-04-01"],
      ["ms", "2014-04-01T00:00:00Z"],
      ["iso8601", 1396310700],
      ["iso8601", "1396310700"],
    ] as const) {
      expect(() => timeReader({ unit }).read(value)).toThrow(expect.objectContaining({ code: "BAD_TIME" }));
    }
  });
});

describe("timeReader({ zone })", () => {
  const berlin = timeReader({ zone: "Europe/Berlin" });
  const inBerlin = (text: string) => formatTime(berlin.read(text));

  it("reads times without an offset in the zone, and leaves the others alone", () => {
    expect(inBerlin("2024-01-15 12:00:00")).toBe("2024-01-15T11:00:00.000Z");
    expect(inBerlin("2024-07-15T12:00")).toBe("2024-07-15T10:00:00.000Z");
    expect(inBerlin("2024-07-15")).toBe("2024-07-14T22:00:00.000Z");
    expect(inBerlin("2024-07-15T12:00Z")).toBe("2024-07-15T12:00:00.000Z");
    expect(inBerlin("1721044800")).toBe("2024-07-15T12:00:00.000Z");
  });

  it("moves times that the clocks leave out behind the change", () => {
    expect(inBerlin("2024-03-31 01:59:59")).toBe("2024-03-31T00:59:59.000Z");
    expect(inBerlin("2024-03-31 02:30:00")).toBe("2024-03-31T01:30:00.000Z");
    expect(inBerlin("2024-03-31 03:00:00")).toBe("2024-03-31T01:00:00.000Z");
  });

  it("reads an hour that the clocks repeat as its first pass", () => {
    expect(inBerlin("2024-10-27 01:59:59")).toBe("2024-10-26T23:59:59.000Z");
    expect(inBerlin("2024-10-27 02:30:00")).toBe("2024-10-27T00:30:00.000Z");
    expect(inBerlin("2024-10-27 03:00:00")).toBe("2024-10-27T02:00:00.000Z");
  });

  it("knows half hours and changes by half an hour", () => {
    const lordHowe = timeReader({ zone: "Australia/Lord_Howe" });
    expect(formatTime(lordHowe.read("2024-07-01 12:00:00"))).toBe("2024-07-01T01:30:00.000Z");
    expect(formatTime(lordHowe.read("2024-10-06 02:15:00"))).toBe("2024-10-05T15:45:00.000Z");
    expect(formatTime(lordHowe.read("2024-12-01 12:00:00"))).toBe("2024-12-01T01:00:00.000Z");
  });

  it("knows zones of other days and a date line that moved", () => {
    expect(formatTime(timeReader({ zone: "Asia/Kathmandu" }).read("2024-01-01 00:00:00"))).toBe(
      "2023-12-31T18:15:00.000Z",
    );
    expect(formatTime(timeReader({ zone: "Pacific/Apia" }).read("2012-01-01 00:00:00"))).toBe(
      "2011-12-31T10:00:00.000Z",
    );
  });

  it("rejects a zone that is none as BAD_ZONE", () => {
    expect(() => timeReader({ zone: "Mars/Olympus" })).toThrow(
      'Cannot use time zone "Mars/Olympus": expected an IANA name such as Europe/Berlin, found "Mars/Olympus"',
    );
  });
});

describe.skipIf(!sharedData)(`TimeReader.read() on real recordings${sharedDataHint}`, () => {
  it("agrees with Date.parse on every timestamp of NAB", () => {
    const nab = join(sharedData ?? "", "nab/data");
    let count = 0;
    for (const folder of readdirSync(nab, { withFileTypes: true })) {
      if (!folder.isDirectory()) continue;
      for (const file of readdirSync(join(nab, folder.name))) {
        for (const line of readFileSync(join(nab, folder.name, file), "utf8")
          .trim()
          .split("\n")
          .slice(1)) {
          const text = line.slice(0, line.indexOf(","));
          if (reader.read(text) !== Date.parse(`${text.replace(" ", "T")}Z`)) expect.fail(`${file}: ${text}`);
          count++;
        }
      }
    }
    expect(count).toBeGreaterThan(300_000);
  });
});
