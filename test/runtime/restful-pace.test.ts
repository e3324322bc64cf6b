import { describe, expect, it } from "vitest";
import { restfulPace } from "../../src/runtime/restful-pace.js";

/** Works so long, then rests; @returns how long it rested, ms */
function restAfter(budget: number, workMs: number): number {
  const pace = restfulPace(budget);
  const begun = performance.now();
  while (performance.now() - begun < workMs);
  const worked = performance.now();
  pace();
  return performance.now() - worked;
}

describe("restfulPace()", () => {
  it("rests as long as the budget asks for", () => {
    expect(restAfter(0.2, 3)).toBeGreaterThanOrEqual(11.9);
    expect(restAfter(0.5, 10)).toBeGreaterThanOrEqual(9.9);
  });

  it("takes no more than 20 ms for work: more was others' on the same core", () => {
    expect(restAfter(0.5, 200)).toBeLessThan(150);
  });

  it("works through a budget of the whole core", () => {
    expect(restAfter(1, 50)).toBeLessThan(40);
  });
});
