import { describe, expect, it } from "vitest";
import { parsePipeline } from "../../../src/spec/index.js";
import type { LintRule } from "../../../src/spec/lint-rule.js";
import { lines } from "../lines.js";

/** A rule, a text against it, and exactly what is said of it. */
export type AgainstRule = readonly [code: string, text: string, lines: readonly string[]];

/** Every text of a table gets exactly its lines, and every rule of a file has a text. */
export function expectRules(name: string, rules: readonly LintRule[], table: readonly AgainstRule[]): void {
  describe(name, () => {
    it.each(table)("applies rule %s", (code, text, expected) => {
      expect(lines(text)).toEqual(expected);
      expect(parsePipeline(text).problems.map((one) => one.code)).toContain(code);
    });

    it.each(rules.map(({ code }) => [code]))("has rule %s in the table", (code) => {
      expect(table.some(([one]) => one === code)).toBe(true);
    });
  });
}
