import { type ByteReader, type ByteWriter, problem } from "../../core/index.js";
import type { Kernel, Pointer } from "../../kernel/index.js";
import { KernelMemory } from "../kernel-memory.js";

/** Widths of the patterns that are compared, in rows; the wider ones wherever their level lies. */
export const WIDTHS = [4, 8, 32] as const;

/** Nothing can be said yet. */
export const UNKNOWN = -1;

/** Places that are made at first; they double until there are as many as are remembered. */
const FIRST_PLACES = 256;

/**
 * A lag counts once its profile has run over so many widths: what it began without is forgotten then. Before, the
 * difference of levels, which knows more of the past, could be larger than all of it.
 */
const SETTLED = 3;

/**
 * How far the newest pattern is from the most similar one in the last N values, at three widths: z_w = the square root
 * of the smallest of the lag profile (see `lagProfiles` in the kernel), of the wider widths less the squared
 * difference of levels.
 */
export class LagProfiles {
  readonly #kernel: Kernel;
  /** N */
  readonly #most: number;
  /** Places that there are by now: fewer than N while fewer values have come. */
  #length: number;
  #memory: KernelMemory;
  /** Rings of values and of their running means, the newest first. */
  #values: Pointer = 0;
  #means: readonly Pointer[] = [];
  #profiles: readonly Pointer[] = [];
  /** Of each profile, where the kernel leaves it. */
  #smallest: Pointer = 0;
  readonly #levels = new Float64Array(WIDTHS.length);
  #count = 0;

  /** @param length N, a multiple of 4 */
  constructor(kernel: Kernel, length: number) {
    this.#kernel = kernel;
    this.#most = length;
    this.#length = Math.min(FIRST_PLACES, length);
    this.#memory = this.#place();
  }

  #place(): KernelMemory {
    const memory = new KernelMemory(this.#kernel, bytesOfMemory(this.#length));
    const place = (index: number): Pointer => memory.pointer + 4 * this.#length * index;
    this.#values = place(0);
    this.#means = [place(0), place(1), place(2)];
    this.#profiles = [place(3), place(4), place(5)];
    this.#smallest = place(6);
    return memory;
  }

  /** Where the newest value stands, of which there are `known`. */
  get #head(): number {
    return (this.#length - (this.#count % this.#length)) % this.#length;
  }

  get #known(): number {
    return Math.min(this.#count, this.#length);
  }

  /** Twice the places, up to N: the values stay where they are, seen from the newest. */
  #grow(): void {
    const parts = this.#parts();
    this.#memory.release();
    this.#length = Math.min(this.#most, 2 * this.#length);
    this.#memory = this.#place();
    this.#fill(parts);
  }

  get #rings(): readonly Pointer[] {
    return [this.#values, ...this.#means.slice(1)];
  }

  /** The newest values, their means at two widths, and the profiles at three: [known] each. */
  #parts(): Float32Array[] {
    const known = this.#known;
    return [
      ...this.#rings.map((ring) => this.#unrolled(ring).subarray(0, known)),
      ...this.#profiles.map((profile) => this.#kernel.view(profile, known).slice()),
    ];
  }

  /** [N] the newest first. */
  #unrolled(ring: Pointer): Float32Array {
    const places = this.#kernel.view(ring, this.#length);
    const unrolled = new Float32Array(this.#length);
    unrolled.set(places.subarray(this.#head));
    unrolled.set(places.subarray(0, this.#head), this.#length - this.#head);
    return unrolled;
  }

  #fill(parts: readonly Float32Array[]): void {
    const rings = this.#rings;
    const until = this.#length - this.#head;
    for (const [i, part] of parts.entries()) {
      const ring = rings[i];
      if (ring === undefined) this.#kernel.view(this.#profiles[i - rings.length] ?? 0, part.length).set(part);
      else {
        const places = this.#kernel.view(ring, this.#length);
        places.set(part.subarray(0, until), this.#head);
        places.set(part.subarray(until));
      }
    }
  }

  get bytes(): number {
    return this.#memory.bytes;
  }

  /** Memory once N values have come, bytes. */
  get mostBytes(): number {
    return bytesOfMemory(this.#most);
  }

  release(): void {
    this.#memory.release();
  }

  /** @param distances [widths] overwritten with z_w; `UNKNOWN` until there is a lag to look at */
  step(distances: Float64Array, v: number): void {
    if (this.#count === this.#length && this.#length < this.#most) this.#grow();
    const { exports, floats } = this.#kernel;
    const levels = this.#levels;
    for (let i = 0; i < WIDTHS.length; i++) {
      const before = levels[i]!;
      levels[i] = this.#count === 0 ? v : before + (v - before) / WIDTHS[i]!;
    }
    const smallest = this.#smallest;
    exports.lagProfiles(
      this.#values,
      this.#length,
      this.#head,
      this.#known,
      v,
      levels[1]!,
      levels[2]!,
      smallest,
    );
    for (let i = 0; i < WIDTHS.length; i++) {
      const least = floats[(smallest >>> 2) + i]!;
      distances[i] = least === Number.POSITIVE_INFINITY ? UNKNOWN : Math.sqrt(Math.max(0, least));
    }
    this.#count++;
  }

  /** How many rows ago a pattern of width number i was most similar to the newest one; 0 if there is none. */
  bestLag(i: number): number {
    const N = this.#length;
    const width = WIDTHS[i] ?? 0;
    const known = Math.min(this.#count - 1, N);
    const D = this.#kernel.view(this.#profiles[i] ?? 0, N);
    // Of the state after the newest value, whose own place comes first.
    const head = this.#head;
    const means = this.#kernel.view(this.#means[i] ?? 0, N);
    const level = Math.fround(this.#levels[i] ?? 0);
    let best = { lag: 0, distance: Number.POSITIVE_INFINITY };
    for (let index = width - 1; index < known - SETTLED * width; index++) {
      const apart = i === 0 ? 0 : level - (means[(head + 1 + index) % N] ?? 0);
      const distance = (D[index] ?? 0) - apart * apart;
      if (distance < best.distance) best = { lag: index + 1, distance };
    }
    return best.lag;
  }

  write(to: ByteWriter): void {
    to.f64(this.#count).f64s(this.#levels);
    for (const part of this.#parts()) to.bytes(bytesOf(part));
  }

  read(from: ByteReader): void {
    this.#count = from.f64();
    this.#levels.set(from.f64s());
    const parts = Array.from({ length: 6 }, () => floatsOf(from.bytes()));
    const known = parts[0]?.length ?? 0;
    if (known !== Math.min(this.#count, this.#most) || parts.some(({ length }) => length !== known)) {
      throw problem(RangeError, {
        code: "STATE_CORRUPT",
        action: "read",
        on: "the lag profiles of a pattern detector",
        expected: `as many values as there may be of ${this.#count}`,
        found: parts.map(({ length }) => length).join(", "),
      });
    }
    this.#memory.release();
    this.#length = Math.min(FIRST_PLACES, this.#most);
    while (this.#length < known) this.#length = Math.min(this.#most, 2 * this.#length);
    this.#memory = this.#place();
    this.#fill(parts);
  }
}

/** As `lagProfiles` in the kernel wants it, and behind it what that finds. */
function bytesOfMemory(places: number): number {
  return 4 * (6 * places + 4);
}

/** As bytes: a float32 read as a number may change its bits on the way. */
function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer, 0, bytes.length >> 2);
}
