import { cos, sin } from "../../core/index.js";

const TAU = 6.283185307179586;

/**
 * The discrete Fourier transform of N real numbers, N a power of 2 (Cooley and Tukey 1965, radix 2, in place). Own code,
 * since libraries take sines and cosines from the engine, whose last bits differ from machine to machine.
 */
export class Fourier {
  /** [N / 2] cos and sin of -2 pi k / N */
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  /** [N] where each element goes first: its number's bits in reverse order */
  readonly #places: Uint32Array;
  readonly #re: Float64Array;
  readonly #im: Float64Array;

  /** @param N a power of 2 */
  constructor(readonly N: number) {
    const half = Array.from({ length: N / 2 }, (_, k) => (-TAU * k) / N);
    this.#cos = Float64Array.from(half, cos);
    this.#sin = Float64Array.from(half, sin);
    this.#places = new Uint32Array(N);
    for (let i = 1, bits = N / 2; i < N; i++) {
      this.#places[i] = (this.#places[i >> 1]! >> 1) | (i & 1 ? bits : 0);
    }
    this.#re = new Float64Array(N);
    this.#im = new Float64Array(N);
  }

  /**
   * |X[k]|^2, X[k] = sum over n of x[n] e^(-2 pi i k n / N)
   *
   * @param power [N / 2 + 1], overwritten
   * @param x     [N] or shorter: filled up with zeros
   */
  power(power: Float64Array, x: Float64Array): void {
    const { N } = this;
    const re = this.#re;
    const im = this.#im;
    im.fill(0);
    for (let i = 0; i < N; i++) re[this.#places[i]!] = i < x.length ? x[i]! : 0;
    for (let size = 2; size <= N; size *= 2) this.#combine(size);
    for (let k = 0; k <= N / 2; k++) power[k] = re[k]! * re[k]! + im[k]! * im[k]!;
  }

  /** Makes transforms of `size` elements out of pairs of half as many. */
  #combine(size: number): void {
    const re = this.#re;
    const im = this.#im;
    const half = size / 2;
    const stride = this.N / size;
    for (let first = 0; first < this.N; first += size) {
      for (let k = 0; k < half; k++) {
        const [a, b] = [first + k, first + k + half];
        const c = this.#cos[k * stride]!;
        const s = this.#sin[k * stride]!;
        const r = re[b]! * c - im[b]! * s;
        const i = re[b]! * s + im[b]! * c;
        re[b] = re[a]! - r;
        im[b] = im[a]! - i;
        re[a]! += r;
        im[a]! += i;
      }
    }
  }
}
