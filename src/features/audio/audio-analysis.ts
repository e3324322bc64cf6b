import { cos, exp, log } from "../../core/index.js";
import type { AudioFeature } from "../feature.js";
import { Fourier } from "./fourier.js";

const PI = Math.PI;
/** Power below which all is silence. */
const FLOOR = 1e-10;

/** One mel filter: weights of the bins from `first` on. */
interface Filter {
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * What one window of audio sounds like (Davis and Mermelstein 1980): a Hamming window, its power spectrum |X|^2 / N, the
 * logarithms of M triangular filters, evenly spaced on the mel scale 2595 log10(1 + f / 700) (HTK's); of `mfcc` the first C
 * coefficients of their orthonormal cosine transform. The same bits on every machine.
 */
export class AudioAnalysis {
  /** Samples of a window, and from one to the next. */
  readonly window: number;
  readonly hop: number;
  /** Numbers it makes of a window. */
  readonly size: number;
  readonly #fourier: Fourier;
  readonly #hamming: Float64Array;
  readonly #filters: readonly Filter[];
  /** [C, M]; undefined: log energies are given as they are */
  readonly #cosines: Float64Array | undefined;
  readonly #windowed: Float64Array;
  readonly #power: Float64Array;
  readonly #energies: Float64Array;

  constructor(feature: AudioFeature) {
    const { rateHz, windowMs, hopMs, filters: M, lowHz, highHz, output, cepstra } = feature;
    this.window = Math.round((rateHz * windowMs) / 1000);
    this.hop = Math.round((rateHz * hopMs) / 1000);
    let N = 2;
    while (N < this.window) N *= 2;
    this.#fourier = new Fourier(N);
    this.#windowed = new Float64Array(this.window);
    this.#power = new Float64Array(N / 2 + 1);
    this.#energies = new Float64Array(M);
    this.#hamming = Float64Array.from(
      { length: this.window },
      (_, n) => 0.54 - 0.46 * cos((2 * PI * n) / (this.window - 1)),
    );
    this.#filters = melFilters(M, lowHz, highHz, rateHz, N);
    this.size = output === "mfcc" ? cepstra : M;
    this.#cosines = output === "mfcc" ? cosineTransform(cepstra, M) : undefined;
  }

  /**
   * @param result  [size] or longer, overwritten from `at` on
   * @param samples [window] or longer, from `from` on; pre-emphasised
   */
  analyse(result: Float64Array, at: number, samples: Float64Array, from: number): void {
    const windowed = this.#windowed;
    for (let n = 0; n < windowed.length; n++) windowed[n] = samples[from + n]! * this.#hamming[n]!;
    this.#fourier.power(this.#power, windowed);
    const { N } = this.#fourier;
    for (const [m, { first, weights }] of this.#filters.entries()) {
      let energy = 0;
      for (let k = 0; k < weights.length; k++) energy += weights[k]! * this.#power[first + k]!;
      this.#energies[m] = log(Math.max(energy / N, FLOOR));
    }
    const cosines = this.#cosines;
    if (cosines === undefined) {
      result.set(this.#energies, at);
      return;
    }
    const M = this.#energies.length;
    for (let c = 0; c < this.size; c++) {
      let sum = 0;
      for (let m = 0; m < M; m++) sum += cosines[c * M + m]! * this.#energies[m]!;
      result[at + c] = sum;
    }
  }
}

const LN10 = Math.LN10;
const mel = (hz: number) => (2595 * log(1 + hz / 700)) / LN10;
const hertz = (mels: number) => 700 * (exp((mels * LN10) / 2595) - 1);

/** M triangles over the bins of a transform of N samples, each from its left neighbour's middle to its right one's. */
function melFilters(M: number, lowHz: number, highHz: number, rateHz: number, N: number): Filter[] {
  const [low, high] = [mel(lowHz), mel(highHz)];
  const edges = Array.from({ length: M + 2 }, (_, i) => hertz(low + ((high - low) * i) / (M + 1)));
  return Array.from({ length: M }, (_, m) => {
    const [left, middle, right] = edges.slice(m, m + 3) as [number, number, number];
    const weight = (k: number) => {
      const hz = (k * rateHz) / N;
      return Math.min((hz - left) / (middle - left), (right - hz) / (right - middle));
    };
    const first = Math.ceil((left * N) / rateHz);
    const end = Math.min(Math.floor((right * N) / rateHz), N / 2);
    const weights = Array.from({ length: Math.max(0, end - first + 1) }, (_, k) =>
      Math.max(0, weight(first + k)),
    );
    return { first, weights: Float64Array.from(weights) };
  });
}

/** [C, M] sqrt(2 / M) cos(pi c (m + 1/2) / M), the first row over sqrt(2) */
function cosineTransform(C: number, M: number): Float64Array {
  return Float64Array.from({ length: C * M }, (_, i) => {
    const [c, m] = [Math.floor(i / M), i % M];
    return Math.sqrt((c === 0 ? 1 : 2) / M) * cos((PI * c * (m + 0.5)) / M);
  });
}
