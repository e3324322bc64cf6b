import type { ByteReader, ByteWriter } from "../../core/index.js";
import type { Kernel, Pointer } from "../../kernel/index.js";
import { KernelMemory } from "../kernel-memory.js";

/** Widths of the patterns that are compared, in rows; the wider ones wherever their level lies. */
export const WIDTHS = [4, 8, 32] as const;

/** Nothing can be said yet. */
export const UNKNOWN = -1;

/**
 * A lag counts once its profile has run over so many widths: what it began without is forgotten then. Before, the
 * difference of levels, which knows more of the past, could be larger than all of it.
 */
const SETTLED = 3;

/**
 * How far the newest pattern is from the most similar one in the last N values, at three widths: z_w = the square root
 * of the smallest of the lag profile (see `lagProfile` in the kernel), of the wider widths less the squared
 * difference of levels.
 */
export class LagProfiles {
  readonly #kernel: Kernel;
  /** N */
  readonly #length: number;
  readonly #memory: KernelMemory;
  /**
   * Values and their running means, the newest first. Each lies in 2 N places, written twice, so that the newest N
   * always stand in a row.
   */
  readonly #values: Pointer;
  readonly #means: readonly Pointer[];
  readonly #profiles: readonly Pointer[];
  readonly #levels = new Float64Array(WIDTHS.length);
  #count = 0;

  /** @param length N, a multiple of 4 */
  constructor(kernel: Kernel, length: number) {
    this.#kernel = kernel;
    this.#length = length;
    this.#memory = new KernelMemory(kernel, 4 * 9 * length);
    const place = (index: number): Pointer => this.#memory.pointer + 4 * length * index;
    this.#values = place(0);
    this.#means = [place(0), place(2), place(4)];
    this.#profiles = [place(6), place(7), place(8)];
  }

  get bytes(): number {
    return this.#memory.bytes;
  }

  release(): void {
    this.#memory.release();
  }

  /** @param distances [widths] overwritten with z_w; `UNKNOWN` until there is a lag to look at */
  step(distances: Float64Array, v: number): void {
    const { exports, floats } = this.#kernel;
    const N = this.#length;
    const known = Math.min(this.#count, N);
    const value = Math.fround(v);
    // The newest stand at N - 1 - (count - 1) mod N and go down.
    const head = (((N - this.#count) % N) + N) % N;
    for (const [i, width] of WIDTHS.entries()) {
      const rate = Math.fround(1 / width);
      const D = this.#profiles[i] ?? 0;
      exports.lagProfile(D, this.#values + 4 * head, known, value, rate);
      const level = this.#count === 0 ? v : (this.#levels[i] ?? 0) + (v - (this.#levels[i] ?? 0)) / width;
      this.#levels[i] = level;
      const [from, to] = [width - 1, known - SETTLED * width];
      let least = UNKNOWN;
      if (this.#count >= 2 * width && to > from) {
        least =
          i === 0
            ? exports.smallest(D, from, to)
            : exports.smallestCentred(D, (this.#means[i] ?? 0) + 4 * head, from, to, Math.fround(level));
      }
      distances[i] = least === UNKNOWN ? UNKNOWN : Math.sqrt(Math.max(0, least));
    }
    const next = (head - 1 + N) % N;
    const put = (pointer: Pointer, what: number): void => {
      floats[(pointer >>> 2) + next] = what;
      floats[(pointer >>> 2) + next + N] = what;
    };
    put(this.#values, value);
    for (const i of [1, 2]) put(this.#means[i] ?? 0, this.#levels[i] ?? 0);
    this.#count++;
  }

  /** How many rows ago a pattern of width number i was most similar to the newest one; 0 if there is none. */
  bestLag(i: number): number {
    const N = this.#length;
    const width = WIDTHS[i] ?? 0;
    const known = Math.min(this.#count - 1, N);
    const D = this.#kernel.view(this.#profiles[i] ?? 0, N);
    // Of the state after the newest value, whose own place comes first.
    const head = (((N - this.#count) % N) + N) % N;
    const means = this.#kernel.view(this.#means[i] ?? 0, 2 * N);
    const level = Math.fround(this.#levels[i] ?? 0);
    let best = { lag: 0, distance: Number.POSITIVE_INFINITY };
    for (let index = width - 1; index < known - SETTLED * width; index++) {
      const apart = i === 0 ? 0 : level - (means[head + 1 + index] ?? 0);
      const distance = (D[index] ?? 0) - apart * apart;
      if (distance < best.distance) best = { lag: index + 1, distance };
    }
    return best.lag;
  }

  write(to: ByteWriter): void {
    to.f64(this.#count).f64s(this.#levels);
    this.#memory.write(to);
  }

  read(from: ByteReader): void {
    this.#count = from.f64();
    this.#levels.set(from.f64s());
    this.#memory.read(from);
  }
}
