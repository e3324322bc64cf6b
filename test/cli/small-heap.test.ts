import { expect, it } from "vitest";
import { heapStep } from "../../src/cli/small-heap.js";

const MB = 1024 ** 2;

it("heapStep() goes up where a heap has become large, and down only where it is much smaller", () => {
  expect([10, 90, 100, 190, 200].map((size) => heapStep(0, size * MB))).toEqual([0, 0, 1, 1, 2]);
  expect([200, 190, 100, 70, 60].map((size) => heapStep(1, size * MB))).toEqual([2, 1, 1, 1, 0]);
  expect([200, 150, 120, 60].map((size) => heapStep(2, size * MB))).toEqual([2, 2, 1, 0]);
});
