import { problem } from "./problem.js";

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Reads a length of time: a number and a unit (`ms s m h d`), several in a row: `90s`, `1h30m`.
 *
 * @returns milliseconds
 * @throws SyntaxError code `BAD_DURATION`
 */
export function parseDuration(text: string): number {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== text.trim()) {
    throw problem(SyntaxError, {
      code: "BAD_DURATION",
      action: "read duration",
      on: JSON.stringify(text),
      expected: "a number and a unit (ms, s, m, h, d), such as 90s or 1h30m",
      found: JSON.stringify(text),
    });
  }
  return parts.reduce((sum, part) => sum + Number(part[1]) * UNIT_MS[part[2]!]!, 0);
}
