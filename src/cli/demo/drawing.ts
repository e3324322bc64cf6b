import type pc from "picocolors";
import type { DemoState } from "./demo-state.js";
import type { Span } from "./text-line.js";

/** What every part of the demo's view draws from. */
export interface Drawing {
  readonly state: DemoState;
  readonly columns: number;
  readonly colors: ReturnType<typeof pc.createColors>;
  /** IANA name; undefined: this machine's. */
  readonly timeZone: string | undefined;
}

export type Line = readonly Span[];

export const GAP = "  ";

/** From here on there is room for words where a narrow terminal shows signs. */
export const WIDE = 100;

/** Width of the column of pump names, the same in all parts. */
export function nameWidth({ pumps }: DemoState): number {
  return Math.min(16, Math.max(4, ...pumps.map(({ name }) => name.length)));
}

/** A left and a right end of a line; the right one gives way where there is no room for both. */
export function justified(left: Line, right: Line, columns: number): Line {
  const width = (spans: Line) => spans.reduce((sum, [text]) => sum + text.length, 0);
  const gap = columns - width(left) - width(right) - 1;
  return gap < GAP.length ? left : [...left, [" ".repeat(gap)], ...right];
}

/** The whole sentence if there is room, else its first clause: `vibration 7.9, expected 3.1 to 3.6`. */
export function clause(why: string, room: number): string {
  return why.length <= room ? why : (why.split(": ")[0] ?? why);
}
