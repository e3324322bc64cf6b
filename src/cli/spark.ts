const BLOCKS = "▁▂▃▄▅▆▇█";

export interface SparkOptions {
  /** Values drawn lowest and highest; default: the smallest and largest of what is drawn. */
  readonly range?: { readonly low: number; readonly high: number };
  /** How the block of value i is shown: coloured, or replaced by a mark. Default: as it is. */
  readonly show?: (block: string, index: number) => string;
}

/**
 * A line of blocks, one column per value: ▁ is the lowest, █ the highest. Values beyond the range are drawn
 * at its ends, values that are not finite as a blank; where all values are equal the line runs in the middle.
 */
export function sparkline(values: readonly number[], options: SparkOptions = {}): string {
  const show = options.show ?? ((block: string) => block);
  const { low, high } = options.range ?? rangeOf(values);
  return values
    .map((value, index) => {
      if (!Number.isFinite(value)) return " ";
      const share = high > low ? (value - low) / (high - low) : 0.5;
      const level = Math.min(BLOCKS.length - 1, Math.max(0, Math.floor(share * BLOCKS.length)));
      return show(BLOCKS.charAt(level), index);
    })
    .join("");
}

function rangeOf(values: readonly number[]): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high };
}
