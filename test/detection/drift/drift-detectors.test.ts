import { expect, it } from "vitest";
import { ByteReader, ByteWriter, Rng } from "../../../src/core/index.js";
import { Adwin, PageHinkley } from "../../../src/detection/index.js";
import { driftDetectorSuite } from "../../conformance/drift-detector.js";

driftDetectorSuite("Adwin", () => new Adwin());
driftDetectorSuite("PageHinkley", () => new PageHinkley({ threshold: 5 }));

it("Adwin.width grows while nothing changes, and what came before a change is dropped", () => {
  const adwin = new Adwin();
  const rng = new Rng(9);
  for (let t = 0; t < 5000; t++) adwin.learn(0.2 + 0.05 * rng.normal());
  expect(adwin.width).toBe(5000);
  for (let t = 0; t < 1000; t++) adwin.learn(0.7 + 0.05 * rng.normal());
  expect(adwin.width).toBeLessThan(1100);
  expect(adwin.width).toBeGreaterThan(900);
});

const head = (count: number, rows: number) => new ByteWriter().f64(count).f64(0).f64(0).u8(0).u8(rows);
const row = (numbers: number) => new Float64Array(numbers);

it.each([
  ["more buckets of a size than there can be", head(6, 1).f64s(row(12)), /at most 5 buckets.*12 numbers/],
  ["half a bucket", head(1, 1).f64s(row(3)), /two numbers each.*3 numbers/],
  ["another number of values", head(5, 2).f64s(row(2)).f64s(row(2)), /5 values in buckets.*with 3 values/],
  ["no row", head(0, 0), /found 0 sizes of buckets/],
])("Adwin.read refuses %s, and stays as it was", (_, bytes, message) => {
  const adwin = new Adwin();
  for (const x of [1, 2, 3]) adwin.learn(x);
  const read = () => adwin.read(new ByteReader(bytes.finish(), "a drift detector"));
  expect(read).toThrow(
    expect.objectContaining({ code: "STATE_CORRUPT", message: expect.stringMatching(message) }),
  );
  expect([adwin.width, adwin.mean]).toEqual([3, 2]);
});
