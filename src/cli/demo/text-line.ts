/** A piece of a line and how it is coloured. Its text has no control characters and is one column a character. */
export type Span = readonly [text: string, paint?: (text: string) => string];

/** Joins spans to a line of at most `columns`; what doesn't fit ends with `…`. */
export function textLine(spans: readonly Span[], columns: number): string {
  let line = "";
  let room = columns;
  const total = spans.reduce((sum, [text]) => sum + text.length, 0);
  for (const [text, paint] of spans) {
    const shown = total > columns && text.length >= room ? cut(text, room, true) : text;
    line += paint && shown !== "" ? paint(shown) : shown;
    room -= shown.length;
    if (room <= 0) break;
  }
  return line;
}

/** Cuts or fills a text to exactly `width` columns. */
export function fit(text: string, width: number): string {
  return cut(text, width, text.length > width).padEnd(width);
}

function cut(text: string, width: number, isCut: boolean): string {
  if (!isCut) return text;
  return width <= 0 ? "" : `${text.slice(0, width - 1).trimEnd()}…`;
}
