/** One column of a sparkline: a second of a pump's values. */
export interface Cell {
  /** Second since 1970-01-01T00:00Z. */
  readonly second: number;
  /** Mean of the second's values, or of its unusual ones if it has any. */
  readonly value: number;
  readonly count: number;
  readonly isUnusual: boolean;
}

/** A minute: more than any terminal shows. */
const KEPT = 60;

/**
 * Adds a value to the cell of its second: at ten values a second a line of values would show a moment, a
 * line of seconds shows the cycle. An unusual value is never averaged away.
 *
 * @param cells oldest first; seconds without values have no cell, late values count for the newest cell
 */
export function grow(
  cells: readonly Cell[],
  { time, value, isUnusual }: { readonly time: number; readonly value: number; readonly isUnusual: boolean },
): readonly Cell[] {
  const second = Math.floor(time / 1000);
  const newest = cells.at(-1);
  if (newest === undefined || second > newest.second) {
    return [...cells, { second, value, count: 1, isUnusual }].slice(-KEPT);
  }
  return [...cells.slice(0, -1), added(newest, value, isUnusual)];
}

function added(cell: Cell, value: number, isUnusual: boolean): Cell {
  if (isUnusual && !cell.isUnusual) return { ...cell, value, count: 1, isUnusual };
  if (cell.isUnusual && !isUnusual) return cell;
  const count = cell.count + 1;
  return { ...cell, value: cell.value + (value - cell.value) / count, count };
}
