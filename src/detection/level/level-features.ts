import type { ByteReader, ByteWriter } from "../../core/index.js";
import { HIDDEN, type LevelCore } from "./level-core.js";

/** g = [1, h[t], z[t], z[t-1], z[t-2]], from which the next row is foretold. */
export class LevelFeatures {
  readonly #core: LevelCore;
  readonly #signals: number;
  readonly #g: Float64Array;
  readonly #h = new Float64Array(HIDDEN);

  /** @param signals d */
  constructor(core: LevelCore, signals: number) {
    this.#core = core;
    this.#signals = signals;
    this.#g = new Float64Array(1 + HIDDEN + 3 * signals);
    this.#g[0] = 1;
  }

  get size(): number {
    return this.#g.length;
  }

  /** @returns g, overwritten with the next step */
  step(z: Float64Array): Float64Array {
    const d = this.#signals;
    const first = 1 + HIDDEN;
    this.#core.step(this.#h, z);
    this.#g.set(this.#h, 1);
    this.#g.copyWithin(first + d, first, first + 2 * d);
    this.#g.set(z, first);
    return this.#g;
  }

  write(to: ByteWriter): void {
    to.f64s(this.#h).f64s(this.#g);
  }

  read(from: ByteReader): void {
    this.#h.set(from.f64s());
    this.#g.set(from.f64s());
  }
}
