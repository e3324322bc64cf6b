import { readNumberText } from "./number-text.js";
import { shown } from "./rejection.js";

/** One point. */
export interface InfluxLine {
  /** Empty where there was a comment or an empty line. */
  readonly measurement: string;
  readonly tags: readonly (readonly [name: string, value: string])[];
  readonly fields: readonly (readonly [name: string, value: number | string | boolean])[];
  readonly timestamp: number | undefined;
  /** Where the next line begins. */
  readonly end: number;
}

export interface InfluxProblem {
  readonly expected: string;
  readonly found: string;
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  t: true,
  T: true,
  true: true,
  True: true,
  TRUE: true,
  f: false,
  F: false,
  false: false,
  False: false,
  FALSE: false,
};

/**
 * Reads one line, `measurement,tag=value field=value timestamp`, going once over its characters.
 *
 * @param from where it begins
 */
export function influxLine(text: string, from: number): InfluxLine | InfluxProblem {
  const line = new Line(text, from);
  line.skip(" ");
  if (line.isOver || line.peek === "#") {
    line.skipLine();
    return { measurement: "", tags: [], fields: [], timestamp: undefined, end: line.at };
  }
  const measurement = line.token(", ");
  if (measurement === "") return line.problem("a measurement");
  const tags: [string, string][] = [];
  while (line.take(",")) {
    const name = line.token("=, ");
    if (name === "" || !line.take("=")) return line.problem("a tag, NAME=VALUE");
    tags.push([name, line.token(", ")]);
  }
  line.skip(" ");
  const fields: [string, number | string | boolean][] = [];
  do {
    const name = line.token("=, ");
    if (name === "" || !line.take("=")) return line.problem("a field, NAME=VALUE");
    const value = line.value();
    if (value === undefined) return line.problem(`a value of field ${shown(name)}`);
    fields.push([name, value]);
  } while (line.take(","));
  line.skip(" ");
  const digits = line.token(" ");
  if (digits !== "" && !/^-?\d{1,19}$/.test(digits)) return { expected: "a timestamp", found: shown(digits) };
  line.skip(" ");
  if (!line.isOver) return line.problem("the end of the line");
  line.skipLine();
  return { measurement, tags, fields, timestamp: digits === "" ? undefined : Number(digits), end: line.at };
}

/** A place in a text that moves forward only. */
class Line {
  readonly #text: string;
  at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  get peek(): string {
    return this.#text[this.at] ?? "";
  }

  get isOver(): boolean {
    return this.peek === "" || this.peek === "\n" || (this.peek === "\r" && this.#text[this.at + 1] === "\n");
  }

  skip(character: string): void {
    while (this.peek === character) this.at++;
  }

  skipLine(): void {
    const end = this.#text.indexOf("\n", this.at);
    this.at = end < 0 ? this.#text.length : end + 1;
  }

  take(character: string): boolean {
    if (this.peek !== character) return false;
    this.at++;
    return true;
  }

  /** Up to one of the characters or the line's end; a backslash takes away the meaning of comma, space and equals sign. */
  token(ends: string): string {
    const parts: string[] = [];
    let from = this.at;
    while (!this.isOver && !ends.includes(this.peek)) {
      if (this.peek === "\\" && /[,= ]/.test(this.#text[this.at + 1] ?? "")) {
        parts.push(this.#text.slice(from, this.at));
        from = ++this.at;
      }
      this.at++;
    }
    parts.push(this.#text.slice(from, this.at));
    return parts.join("");
  }

  /** Text in quotes, a number, an integer (`7i`, `7u`), or a truth. */
  value(): number | string | boolean | undefined {
    if (this.peek === '"') return this.#quoted();
    const before = this.at;
    const word = this.token(", ");
    const number = /^[+-]?\d+[iu]$/.test(word) ? Number(word.slice(0, -1)) : readNumberText(word);
    const value = Object.hasOwn(BOOLEANS, word) ? BOOLEANS[word] : number;
    if (value === undefined || Number.isNaN(value)) this.at = before;
    return Number.isNaN(value) ? undefined : value;
  }

  #quoted(): string | undefined {
    const parts: string[] = [];
    const before = this.at;
    let from = ++this.at;
    while (this.peek !== '"') {
      if (this.peek === "") {
        this.at = before;
        return undefined;
      }
      if (this.peek === "\\" && /["\\]/.test(this.#text[this.at + 1] ?? "")) {
        parts.push(this.#text.slice(from, this.at));
        from = ++this.at;
      }
      this.at++;
    }
    parts.push(this.#text.slice(from, this.at++));
    return parts.join("");
  }

  problem(expected: string): InfluxProblem {
    return { expected, found: shown(this.#text.slice(this.at, this.at + 100)) };
  }
}
