import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { heapSize, SMALL_YOUNG_HEAP } from "../../src/cli/small-heap.js";

const MB = 1024 ** 2;

it("heapSize() is that where a heap has grown to it, until it is much smaller", () => {
  expect([10, 60, 70, 190, 200].map((megabytes) => heapSize(megabytes * MB, 0))).toEqual([0, 0, 1, 1, 2]);
  expect([50, 60, 150, 200].map((megabytes) => heapSize(megabytes * MB, 1))).toEqual([0, 1, 1, 2]);
  expect([200, 150, 120, 40].map((megabytes) => heapSize(megabytes * MB, 2))).toEqual([2, 2, 1, 0]);
});

it("keepHeapSmall() leaves threads what they are given, and the main thread what Node was told", () => {
  const run = [SMALL_YOUNG_HEAP, "test/support/run.mjs", "test/support/young-heaps.ts"];
  const { main, thread } = JSON.parse(execFileSync(process.execPath, run).toString());
  expect(main).toBeGreaterThan(8);
  expect(thread).toBeLessThanOrEqual(4);
});
