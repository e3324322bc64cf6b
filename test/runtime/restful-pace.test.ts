import { describe, expect, it } from "vitest";
import { restfulPace } from "../../src/runtime/restful-pace.js";

/** @returns how long it rests after pieces of work that take so long, ms */
function rests(budget: number, works: readonly number[]): readonly number[] {
  let now = 100;
  const rests: number[] = [];
  const rest = (ms: number): void => {
    rests.push(ms);
    now += ms;
  };
  const pace = restfulPace(budget, { clock: () => now, rest });
  for (const work of works) {
    now += work;
    pace();
  }
  return rests;
}

describe("restfulPace()", () => {
  it("rests four times as long as it worked on a budget of a fifth", () => {
    expect(rests(0.2, [3, 1])).toEqual([12, 4]);
  });

  it("takes pieces that are too small for a timer together", () => {
    expect(rests(0.5, [0.5, 0.25, 0.5, 2])).toEqual([1.25, 2]);
  });

  it("takes no more than 20 ms for work: more was others' on the same core", () => {
    expect(rests(0.5, [200])).toEqual([20]);
  });

  it("works through a budget of a whole core", () => {
    expect(rests(1, [50, 200])).toEqual([]);
  });

  it("blocks its thread while it rests", () => {
    const pace = restfulPace(0.5);
    const begun = performance.now();
    while (performance.now() - begun < 5);
    const worked = performance.now();
    pace();
    expect(performance.now() - worked).toBeGreaterThanOrEqual(4.9);
  });
});
