import { expect, it } from "vitest";
import { Rng } from "../../../src/core/index.js";
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
