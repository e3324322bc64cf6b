/** A piece of a line and how it is coloured. Its text has no control characters and is one column a character. */
export type Span = readonly [text: string, paint?: (text: string) => string];

/** Joins spans to a line of at most `columns`; what doesn't fit ends with `…`. */
export function textLine(spans: readonly Span[], columns: number): string {
  const total = spans.reduce((sum, [text]) => sum + text.length, 0);
  let room = total > columns ? Math.max(0, columns - 1) : columns;
  let line = "";
  for (const [text, paint] of spans) {
    const shown = text.slice(0, room);
    room -= shown.length;
    line += paint && shown !== "" ? paint(shown) : shown;
  }
  return total > columns && columns > 0 ? `${line}…` : line;
}

/** Cuts or fills a text to exactly `width` columns. */
export function padded(text: string, width: number): string {
  if (text.length <= width) return text.padEnd(width);
  return width > 0 ? `${text.slice(0, width - 1)}…` : "";
}
