/** How well texts are written. */
export interface TextScores {
  readonly count: number;
  /** Share of the texts that are right from the first symbol to the last. */
  readonly exact: number;
  /** Symbols that would have to be put in, taken out or changed, for each symbol of the right texts. */
  readonly symbolErrors: number;
}

/**
 * @param written texts as symbols
 * @param right   what they should be
 */
export function textScores(
  written: readonly ArrayLike<unknown>[],
  right: readonly ArrayLike<unknown>[],
): TextScores {
  const sum = { exact: 0, edits: 0, symbols: 0 };
  for (const [i, text] of right.entries()) {
    const edits = editDistance(written[i]!, text);
    sum.exact += edits === 0 ? 1 : 0;
    sum.edits += edits;
    sum.symbols += text.length;
  }
  const count = right.length;
  return { count, exact: sum.exact / count, symbolErrors: sum.edits / Math.max(1, sum.symbols) };
}

/** Insertions, deletions and substitutions by which one becomes the other, at least (Levenshtein 1966). */
export function editDistance(a: ArrayLike<unknown>, b: ArrayLike<unknown>): number {
  const row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0]!;
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const substituted = diagonal + (a[i - 1] === b[j - 1] ? 0 : 1);
      diagonal = row[j]!;
      row[j] = Math.min(substituted, diagonal + 1, row[j - 1]! + 1);
    }
  }
  return row[b.length]!;
}
