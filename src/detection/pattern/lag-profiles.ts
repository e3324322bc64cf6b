import { type ByteReader, type ByteWriter, problem } from "../../core/index.js";
import type { Kernel } from "../../kernel/index.js";
import { KernelMemory } from "../kernel-memory.js";

/** Widths of the patterns that are compared, in rows; the wider ones wherever their level lies. */
export const WIDTHS = [4, 8, 32] as const;

/** Nothing can be said yet. */
export const UNKNOWN = -1;

/** Places that are made at first; they double until there are as many as are remembered. */
const FIRST_PLACES = 256;

/**
 * How far the newest pattern is from the most similar one in the last N values, at three widths: z_w = the square root
 * of the smallest of the lag profile (see `lagProfiles` in the kernel), of the wider widths less the squared
 * difference of levels. A lag counts once its profile has run over three widths: what it began without is forgotten then.
 * Before, the difference of levels, which knows more of the past, could be larger than all of it.
 */
export class LagProfiles {
  readonly #kernel: Kernel;
  /** N */
  readonly #most: number;
  /** Places that there are by now: fewer than N while fewer values have come. */
  #places: number;
  #memory: KernelMemory;
  #count = 0;

  /** @param places N, a multiple of 4 */
  constructor(kernel: Kernel, places: number) {
    this.#kernel = kernel;
    this.#most = places;
    this.#places = Math.min(FIRST_PLACES, places);
    this.#memory = this.#place();
  }

  #place(): KernelMemory {
    const memory = new KernelMemory(this.#kernel, this.#kernel.exports.lagProfileBytes(this.#places));
    this.#kernel.exports.beginLagProfiles(memory.pointer, this.#places);
    return memory;
  }

  /** Twice the places, up to N. */
  #grow(): void {
    const before = this.#memory;
    this.#places = Math.min(this.#most, 2 * this.#places);
    this.#memory = this.#place();
    this.#kernel.exports.moveLagProfiles(this.#memory.pointer, before.pointer);
    before.release();
  }

  get bytes(): number {
    return this.#memory.bytes;
  }

  /** Memory once N values have come, bytes. */
  get mostBytes(): number {
    return this.#kernel.exports.lagProfileBytes(this.#most);
  }

  release(): void {
    this.#memory.release();
  }

  /** @param distances [widths] from a place on, overwritten with z_w; `UNKNOWN` until there is a lag to look at */
  step(distances: Float64Array, v: number, from = 0): void {
    if (this.#count === this.#places && this.#places < this.#most) this.#grow();
    this.#count++;
    const { pointer } = this.#memory;
    this.#kernel.exports.lagProfiles(pointer, v);
    const { floats } = this.#kernel;
    for (let i = 0; i < WIDTHS.length; i++) {
      const least = floats[(pointer >>> 2) + i]!;
      distances[from + i] = least === Number.POSITIVE_INFINITY ? UNKNOWN : Math.sqrt(Math.max(0, least));
    }
  }

  /** How many rows ago a pattern of width number i was most similar to the newest one; 0 if there is none. */
  bestLag(i: number): number {
    return this.#kernel.exports.bestLag(this.#memory.pointer, i);
  }

  write(to: ByteWriter): void {
    to.f64(this.#count).f64(this.#places);
    this.#memory.write(to);
  }

  /** @throws RangeError code `STATE_CORRUPT` */
  read(from: ByteReader): void {
    this.#count = from.f64();
    const places = from.f64();
    if (!this.#fits(places)) {
      throw corrupt(`places for ${this.#count} values, ${this.#most} at most`, String(places));
    }
    this.#memory.release();
    this.#places = places;
    this.#memory = this.#place();
    this.#memory.read(from);
    if (this.#kernel.exports.areLagProfiles(this.#memory.pointer, places) !== 1) {
      throw corrupt(`those of ${places} places`, "what can't be theirs");
    }
  }

  #fits(places: number): boolean {
    let right = Math.min(FIRST_PLACES, this.#most);
    while (right < Math.min(this.#count, this.#most)) right = Math.min(this.#most, 2 * right);
    return places === right;
  }
}

function corrupt(expected: string, found: string): RangeError {
  const on = "the lag profiles of a pattern detector";
  return problem(RangeError, { code: "STATE_CORRUPT", action: "read", on, expected, found });
}
