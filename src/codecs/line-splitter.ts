import { problem } from "../core/index.js";

/** Longest line, in characters: a file without ends of lines is no recording, and must not fill the memory. */
const LONGEST = 16_777_216;

/** Cuts chunks of text into lines, wherever the chunks were cut. Ends of lines (LF, CRLF) and a BOM go. */
export class LineSplitter {
  readonly #name: string;
  #rest = "";
  #isFirst = true;

  /** @param name of the file, for errors */
  constructor(name: string) {
    this.#name = name;
  }

  /**
   * The lines that this chunk completes.
   *
   * @throws RangeError code `RECORDING_UNREADABLE` when a line grows too long
   */
  push(chunk: string): string[] {
    const lines = (this.#rest + this.#withoutBom(chunk)).split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > LONGEST) {
      throw problem(RangeError, {
        code: "RECORDING_UNREADABLE",
        action: "read recording",
        on: this.#name,
        expected: `lines of at most ${LONGEST} characters`,
        found: "a longer one",
      });
    }
    return lines.map(withoutReturn);
  }

  /** What came after the last end of line. */
  end(): string[] {
    return this.#rest === "" ? [] : [withoutReturn(this.#rest)];
  }

  #withoutBom(chunk: string): string {
    if (!this.#isFirst || chunk === "") return chunk;
    this.#isFirst = false;
    return chunk.startsWith("\u{feff}") ? chunk.slice(1) : chunk;
  }
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
