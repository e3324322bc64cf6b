/** What the symbols of a text are: its characters (code points), or its words, with space between them. */
export type TextSplit = "characters" | "words";

/** A text's symbols, in order. */
export function splitText(text: string, split: TextSplit): string[] {
  return split === "characters" ? [...text] : text.split(/\s+/).filter((word) => word !== "");
}

/** The text of symbols. */
export function joinSymbols(symbols: readonly string[], split: TextSplit): string {
  return symbols.join(split === "characters" ? "" : " ");
}
