/** HTML or SVG that is safe to write out: only `html` makes it, and escapes whatever is put in. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template: markup as it is, anything else as text; nothing for undefined, null and false. */
export type Insert = Markup | string | number | undefined | null | false | readonly Insert[];

/**
 * Tagged template for HTML and SVG. Names of keys, fields and files, and all that devices sent, come from outside:
 * every value that is no markup is escaped, for text and for attributes in double quotes.
 */
export function html(parts: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  return new Markup(parts.map((part, i) => (i === 0 ? part : written(inserts[i - 1]) + part)).join(""));
}

function written(insert: Insert): string {
  if (insert === undefined || insert === null || insert === false) return "";
  if (insert instanceof Markup) return insert.toString();
  if (typeof insert === "number") return String(insert);
  if (typeof insert === "string") return escaped(insert);
  return insert.map(written).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters and halves of surrogate pairs have no place in HTML. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "")
    .replace(/[^\P{Cc}\n\t]|\p{Cs}/gu, "\ufffd");
}
