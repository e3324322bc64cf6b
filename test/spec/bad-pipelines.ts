import { describe, expect, it } from "vitest";
import { lines } from "./lines.js";

/** What is wrong, the text, and exactly what is said of it. */
export type BadPipeline = readonly [title: string, text: string, lines: readonly string[]];

/** Of each text exactly these lines are said. */
export function expectLines(table: readonly BadPipeline[]): void {
  describe("parsePipeline() on a bad pipeline", () => {
    it.each(table)("%s", (_title, text, expected) => {
      expect(lines(text)).toEqual(expected);
    });
  });
}
