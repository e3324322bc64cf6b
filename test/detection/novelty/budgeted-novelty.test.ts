import { expect, it } from "vitest";
import { ByteReader, ByteWriter } from "../../../src/core/index.js";
import {
  BudgetedNovelty,
  NoveltyDetector,
  noveltyMayRaise,
  ONE_NET,
  Reservoirs,
} from "../../../src/detection/novelty/index.js";
import { detectorRows, detectorSuite } from "../../conformance/detector.js";

const reservoirs = new Reservoirs();
const options = { warmUp: 200, nets: ONE_NET };
const create = () => new BudgetedNovelty(options, 1, reservoirs);

detectorSuite("BudgetedNovelty", { create, mostBytes: 250_000 });

const MINUTE = 60_000;

it("noveltyMayRaise() says at what intervals", () => {
  expect(noveltyMayRaise(1, 7 * MINUTE)).toBe(false);
  expect(noveltyMayRaise(1, 8 * MINUTE)).toBe(true);
  expect(noveltyMayRaise(10, MINUTE)).toBe(true);
});

it("BudgetedNovelty is novelty where the budget has room for it", () => {
  const [budgeted, novelty] = [create(), new NoveltyDetector(options, reservoirs)];
  for (const row of detectorRows(600)) {
    expect(budgeted.step({ ...row, intervalMs: row.count === 1 ? 0 : 8 * MINUTE })).toBe(novelty.step(row));
    expect(budgeted.mayRaise).toBe(row.count > 1);
  }
});

it("BudgetedNovelty rests where rows come too often, and remembers nothing", () => {
  const budgeted = create();
  for (const row of detectorRows(300)) budgeted.step({ ...row, intervalMs: row.count === 1 ? 0 : 1000 });
  expect(budgeted.bytes).toBe(0);
  expect(budgeted.mayRaise).toBe(false);
});

it("BudgetedNovelty begins anew where they come less often, after a warm-up of its own, and goes on while they nearly do", () => {
  const budgeted = create();
  const intervals = (row: number) => (row <= 300 ? 1000 : row <= 700 ? 8 * MINUTE : 5 * MINUTE);
  const raising = detectorRows(800).flatMap((row) => {
    budgeted.step({ ...row, intervalMs: intervals(row.count) });
    return budgeted.mayRaise ? [row.count] : [];
  });
  expect([raising[0], raising.at(-1)]).toEqual([501, 700]);
  expect(budgeted.bytes).toBeGreaterThan(0);
});

it("BudgetedNovelty that rests is saved in three bytes, and restored", () => {
  const budgeted = create();
  for (const row of detectorRows(10)) budgeted.step({ ...row, intervalMs: 1000 });
  const writer = new ByteWriter();
  budgeted.write(writer);
  const bytes = writer.finish();
  expect(bytes.length).toBe(3);
  const restored = create();
  restored.read(new ByteReader(bytes, "novelty"));
  expect(restored.bytes).toBe(0);
});
