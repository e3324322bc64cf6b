import { type NumberTemplate, NumberWriter } from "../kernel/index.js";

/** Texts are laid side by side in pieces of memory of this size. */
const PIECE = 16_384;
/** UTF-8 takes no more bytes for a UTF-16 code unit. */
const MOST_PER_UNIT = 3;

const encoder = new TextEncoder();
/** One for all of a thread: it takes milliseconds to make. */
let shared: NumberWriter | undefined;

/**
 * Builds texts as UTF-8, piece by piece, without the strings that lie between: for those of which there are thousands a
 * second. What it gives stays as it is; no byte is used twice.
 *
 * Memory: a piece, which lives as long as the texts in it.
 */
export class TextBytes {
  readonly #writer: NumberWriter;
  #bytes = new Uint8Array(PIECE);
  #from = 0;
  #end = 0;

  constructor() {
    shared ??= new NumberWriter();
    this.#writer = shared;
  }

  /** Adds a text; short ones that are ASCII take the least time. */
  text(text: string): this {
    const { length } = text;
    if (this.#end + MOST_PER_UNIT * length > this.#bytes.length) this.#grow(MOST_PER_UNIT * length);
    const bytes = this.#bytes;
    const begin = this.#end;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 128) {
        this.#end = begin + encoder.encodeInto(text, bytes.subarray(begin)).written;
        return this;
      }
      bytes[begin + i] = unit;
    }
    this.#end = begin + length;
    return this;
  }

  /** Adds a number as JSON has it; whatever is not finite is unknown: `null`. */
  number(value: number | null): this {
    if (value === null || !Number.isFinite(value)) return this.text("null");
    const length = this.#writer.write(value);
    if (this.#end + length > this.#bytes.length) this.#grow(length);
    const [bytes, digits] = [this.#bytes, this.#writer.bytes];
    for (let i = 0; i < length; i++) bytes[this.#end + i] = digits[i]!;
    this.#end += length;
    return this;
  }

  /** @param parts what stands before, between and behind the numbers */
  template(parts: readonly string[]): NumberTemplate {
    return this.#writer.template(parts);
  }

  /** Adds a template's text, with numbers, from number `from` on, as `number` has them. */
  fill(template: NumberTemplate, numbers: Float64Array, from = 0): this {
    const length = this.#writer.fill(template, numbers, from);
    if (this.#end + length > this.#bytes.length) this.#grow(length);
    this.#bytes.set(this.#writer.bytes.subarray(0, length), this.#end);
    this.#end += length;
    return this;
  }

  /** The template can't be filled any more. */
  release(template: NumberTemplate): void {
    this.#writer.release(template);
  }

  /** What was added since the last time. */
  finish(): Uint8Array {
    const written = this.#bytes.subarray(this.#from, this.#end);
    this.#from = this.#end;
    return written;
  }

  /** Goes on in a piece with room for so many bytes more. */
  #grow(more: number): void {
    const begun = this.#bytes.subarray(this.#from, this.#end);
    this.#bytes = new Uint8Array(Math.max(PIECE, 2 * (begun.length + more)));
    this.#bytes.set(begun);
    this.#from = 0;
    this.#end = begun.length;
  }
}
