import { expect, it } from "vitest";
import { isLargeHeap } from "../../src/cli/small-heap.js";

const MB = 1024 ** 2;

it("isLargeHeap() is where a heap has become large, until it is much smaller", () => {
  expect([10, 190, 200].map((size) => isLargeHeap(size * MB, false))).toEqual([false, false, true]);
  expect([200, 150, 120].map((size) => isLargeHeap(size * MB, true))).toEqual([true, true, false]);
});
