import { describe, expect, it } from "vitest";
import { filledBar } from "../../src/cli/bar.js";
import { sparkline } from "../../src/cli/spark.js";

describe("sparkline", () => {
  it("sparkline() draws the smallest value lowest and the largest highest", () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe("▁▂▃▄▅▆▇█");
    expect(sparkline([5, -5, 5])).toBe("█▁█");
  });

  it("sparkline() draws equal values in the middle", () => {
    expect(sparkline([3, 3, 3])).toBe("▅▅▅");
  });

  it("sparkline() leaves a blank for what is not finite and ignores it in the range", () => {
    expect(sparkline([0, Number.NaN, 7, Infinity])).toBe("▁ █ ");
    expect(sparkline([Number.NaN])).toBe(" ");
    expect(sparkline([])).toBe("");
  });

  it("sparkline() draws values beyond a given range at its ends", () => {
    expect(sparkline([-10, 5, 20], { range: { low: 0, high: 10 } })).toBe("▁▅█");
  });

  it("sparkline() shows marked values as the caller says", () => {
    const show = (block: string, index: number) => (index === 1 ? "!" : block);
    expect(sparkline([1, 9, 1], { show })).toBe("▁!▁");
  });
});

describe("filledBar", () => {
  it("filledBar() is an eighth of a column fine and never wider than the bar", () => {
    expect(filledBar(0, 4)).toBe("");
    expect(filledBar(0.5, 4)).toBe("██");
    expect(filledBar(0.53, 4)).toBe("██▏");
    expect(filledBar(1, 4)).toBe("████");
    expect(filledBar(1.5, 4)).toBe("████");
  });
});
