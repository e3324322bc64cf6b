import { describe, expect, it } from "vitest";
import { codecOf, sampleReader } from "../../src/codecs/index.js";
import { parseKeyTemplate, timeReader } from "../../src/core/index.js";

const utf8 = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe("fields of inner objects", () => {
  const reader = sampleReader({
    key: parseKeyTemplate("{device.name}-{topic[1]}"),
    time: "meta.at",
    timeReader: timeReader({}),
    fields: ["ENERGY.Power", "axes.1", "a.b"],
    id: "meta.n",
    maxAheadMs: 1e9,
    maxBytes: 10_000,
  });
  const full = {
    device: { name: "plug" },
    meta: { at: 1000, n: 7 },
    ENERGY: { Power: 5 },
    axes: [1, 2],
    "a.b": 3,
    a: { b: 4 },
  };
  const read = (record: object) => reader.fromPayload(codecOf("json"), "x/lamp", utf8(record), 0)[0];

  it("are read by their names with dots, a field of just that name before them", () => {
    expect(read(full)).toEqual({
      key: "plug-lamp",
      time: 1_000_000,
      arrival: 0,
      values: { "ENERGY.Power": 5, "axes.1": 2, "a.b": 3, "meta.n": "7" },
    });
  });

  it.each([
    ["an object that isn't there", { ...full, ENERGY: undefined }, "missing-field"],
    ["a text in its place", { ...full, ENERGY: "Power" }, "missing-field"],
    ["what every object has", { ...full, ENERGY: {}, "ENERGY.constructor": 1 }, "missing-field"],
    ["an array that is too short", { ...full, axes: [1] }, "missing-field"],
    ["a key that isn't there", { ...full, device: {} }, "no-key"],
  ])("are missing with %s", (_, record, note) => {
    expect(read(record)).toMatchObject({ note });
  });
});
