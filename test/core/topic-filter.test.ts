import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matches, overlaps, validFilter, validTopic } from "../../src/core/index.js";

const level = fc.constantFrom("", "a", "b", "ab", "$SYS");
const topicLevels = fc.array(level, { minLength: 1, maxLength: 4 });
const topic = topicLevels.map((levels) => levels.join("/")).filter((text) => text !== "");
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant("+")), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([levels, endsInHash]) => (endsInHash ? [...levels, "#"] : levels).join("/"))
  .filter((text) => text !== "");
const anyFilter = fc.oneof(filter, fc.constantFrom("#", "+"));

/** What section 4.7 says, level by level: the slow oracle. */
function matchesBySplitting(filter: string, topic: string): boolean {
  const f = filter.split("/");
  const t = topic.split("/");
  if (topic.startsWith("$") && (f[0] === "+" || f[0] === "#")) return false;
  const hash = f.indexOf("#");
  const fixed = hash < 0 ? f : f.slice(0, hash);
  if (hash < 0 ? f.length !== t.length : t.length < fixed.length) return false;
  return fixed.every((level, i) => level === "+" || level === t[i]);
}

/** All topics of one to four levels over the levels that the filters use. */
const allTopics: string[] = [];
for (let depth = 1, stems: string[][] = [[]]; depth <= 4; depth++) {
  stems = stems.flatMap((stem) => ["", "a", "b", "ab", "$SYS"].map((next) => [...stem, next]));
  allTopics.push(...stems.map((levels) => levels.join("/")).filter((text) => text !== ""));
}

describe("matches()", () => {
  it.each([
    ["sport/#", "sport", true],
    ["sport/#", "sport/tennis/player1", true],
    ["#", "a/b", true],
    ["+", "finance", true],
    ["+", "/finance", false],
    ["/+", "/finance", true],
    ["+/+", "/finance", true],
    ["sport/+", "sport", false],
    ["sport/+", "sport/", true],
    ["sport/tennis/+", "sport/tennis/player1/ranking", false],
    ["sport", "sports", false],
    ["sports", "sport", false],
    ["#", "$SYS/uptime", false],
    ["+/uptime", "$SYS/uptime", false],
    ["$SYS/#", "$SYS/uptime", true],
  ])("answers as the standard's examples do: %s, %s", (filter, topic, expected) => {
    expect(matches(filter, topic)).toBe(expected);
  });

  it("agrees with matching level by level", () => {
    fc.assert(
      fc.property(anyFilter, topic, (f, t) => {
        expect(matches(f, t)).toBe(matchesBySplitting(f, t));
      }),
      { seed: 1, numRuns: 3000 },
    );
  });

  it("matches every topic with itself as filter", () => {
    fc.assert(
      fc.property(topic, (t) => matches(t, t)),
      { seed: 2 },
    );
  });
});

describe("overlaps()", () => {
  it("is true exactly when some topic matches both", () => {
    fc.assert(
      fc.property(anyFilter, anyFilter, (a, b) => {
        const witness = allTopics.find((t) => matchesBySplitting(a, t) && matchesBySplitting(b, t));
        expect({ a, b, overlaps: overlaps(a, b) }).toEqual({ a, b, overlaps: witness !== undefined });
      }),
      { seed: 3, numRuns: 1500 },
    );
  });

  it("does not depend on the order of the filters", () => {
    fc.assert(
      fc.property(anyFilter, anyFilter, (a, b) => overlaps(a, b) === overlaps(b, a)),
      { seed: 4 },
    );
  });
});

describe("validFilter()", () => {
  it.each(["a", "/", "+", "#", "a/+/b", "+/+", "a/#", "$share/group/a"])("takes %s", (filter) => {
    expect(validFilter(filter)).toBe(true);
  });

  it.each(["", "a#", "a/#/b", "a+", "+a/b", "##", "a\0", "é".repeat(32_768)])("rejects %j", (filter) => {
    expect(validFilter(filter)).toBe(false);
  });
});

describe("validTopic()", () => {
  it("takes what has no wildcard and no NUL", () => {
    expect(validTopic("plant/pump 3/Ω")).toBe(true);
    expect(validTopic("é".repeat(32_767))).toBe(true);
  });

  it.each(["", "a/+", "#", "a\0", "é".repeat(32_768)])("rejects %j", (topic) => {
    expect(validTopic(topic)).toBe(false);
  });
});
