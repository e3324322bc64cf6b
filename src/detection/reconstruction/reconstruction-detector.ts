import type { ByteReader, ByteWriter } from "../../core/index.js";
import type { Detector, Row } from "../detector.js";
import { Charts, cap, NORM } from "../level/charts.js";
import { scale, scales } from "../level/known-good.js";
import { short } from "../words.js";
import { LENGTH, type SequenceAutoencoder, type SequenceAutoencoders } from "./sequence-autoencoder.js";

/** Of the warm-up: the rest is not learned from and tells how large errors usually are. */
const LEARNED = 0.5;
const LARGEST_VALUE = 1e100;
/** A signal that is written again exactly is not to be scaled up without end. */
const LEAST_SD = 0.3;

export interface ReconstructionOptions {
  /** Names of the signals, for people. */
  readonly signals: readonly string[];
  /** Rows of a key that are taken as usual, w; at least 32 are needed. */
  readonly warmUp: number;
  /** Of the first weights and of the windows that are drawn; default 1. */
  readonly seed?: number;
}

/**
 * How badly a recurrent autoencoder, trained on the warm-up, writes the last 16 rows again: each signal's root mean square
 * error, in usual ones, on charts of three speeds (see `Charts`). What it has learned it keeps.
 *
 * It trains when the warm-up ends, in one go.
 */
export class ReconstructionDetector implements Detector {
  readonly name = "reconstruction";
  readonly #options: ReconstructionOptions;
  readonly #autoencoder: SequenceAutoencoder;
  readonly #d: number;
  #waiting: Float64Array[] = [];
  #weights: Float32Array | undefined;
  /** [d] location and spread of the values, usual size and spread of their errors. */
  readonly #location: Float64Array;
  readonly #spread: Float64Array;
  readonly #usual: Float64Array;
  readonly #gain: Float64Array;
  /** The last rows, scaled, oldest first. */
  #recent: Float64Array[] = [];
  readonly #charts: Charts;

  constructor(options: ReconstructionOptions, autoencoders: SequenceAutoencoders) {
    const d = options.signals.length;
    this.#options = options;
    this.#d = d;
    this.#autoencoder = autoencoders.of(d);
    this.#location = new Float64Array(d);
    this.#spread = new Float64Array(d);
    this.#usual = new Float64Array(d);
    this.#gain = new Float64Array(d);
    this.#charts = new Charts(d, NORM);
  }

  get bytes(): number {
    const rows = this.#waiting.length + this.#recent.length + 4;
    return 8 * rows * this.#d + 4 * (this.#weights?.length ?? 0) + this.#charts.bytes;
  }

  step({ values, begins }: Row): number | null {
    const row = values.map((value) => cap(value, LARGEST_VALUE));
    if (this.#weights === undefined) {
      this.#waiting.push(row);
      if (this.#waiting.length >= Math.max(this.#options.warmUp, 2 * LENGTH)) this.#begin();
      return null;
    }
    if (begins) this.#recent = [];
    this.#recent.push(this.#scale(row));
    if (this.#recent.length > LENGTH) this.#recent.shift();
    if (this.#recent.length < LENGTH) return null;
    const sizes = this.#sizes(this.#recent, this.#weights);
    return this.#charts.step(sizes.map((size, j) => (size - this.#usual[j]!) * this.#gain[j]!));
  }

  #begin(): void {
    const { location, spread } = scales(this.#waiting);
    this.#location.set(location);
    this.#spread.set(spread);
    const rows = this.#waiting.map((row) => this.#scale(row));
    const learned = Math.max(LENGTH, Math.floor(LEARNED * rows.length));
    const weights = this.#autoencoder.learn(rows.slice(0, learned), this.#options.seed ?? 1);
    this.#weights = weights;
    const held = rows.slice(learned - LENGTH + 1);
    const sizes = held.slice(LENGTH - 1).map((_, i) => this.#sizes(held.slice(i, i + LENGTH), weights));
    for (let j = 0; j < this.#d; j++) {
      const { mean, sd } = momentsOf(sizes.map((size) => size[j]!));
      this.#usual[j] = mean;
      this.#gain[j] = 1 / (sd + LEAST_SD);
    }
    this.#charts.learn(sizes.map((size) => size.map((one, j) => (one - this.#usual[j]!) * this.#gain[j]!)));
    this.#recent = rows.slice(1 - LENGTH);
    this.#waiting = [];
  }

  #scale(row: Float64Array): Float64Array {
    return scale(row, this.#location, this.#spread);
  }

  /** [d] Root mean square error of each signal over the window. */
  #sizes(rows: readonly Float64Array[], weights: Float32Array): Float64Array {
    const errors = this.#autoencoder.errors(rows, weights);
    const sizes = new Float64Array(this.#d);
    for (const [i, error] of errors.entries()) sizes[i % this.#d]! += error * error;
    return sizes.map((sum) => Math.sqrt(sum / LENGTH));
  }

  why(): string {
    const { v } = this.#charts.strongest;
    const j = v.reduce((most, value, i) => (Math.abs(value) > Math.abs(v[most]!) ? i : most), 0);
    const name = this.#options.signals[j] ?? "";
    const times = short(Math.abs(v[j] ?? 0));
    return `${name} over the last ${LENGTH} events is not what the network learned to write again: off by ${times} usual errors`;
  }

  release(): void {}

  write(to: ByteWriter): void {
    to.u32(this.#waiting.length);
    for (const row of this.#waiting) to.f64s(row);
    to.u8(this.#weights ? 1 : 0);
    if (this.#weights) to.f32s(this.#weights);
    to.f64s(this.#location).f64s(this.#spread).f64s(this.#usual).f64s(this.#gain);
    to.u8(this.#recent.length);
    for (const row of this.#recent) to.f64s(row);
    this.#charts.write(to);
  }

  read(from: ByteReader): void {
    this.#waiting = Array.from({ length: from.u32() }, () => from.f64s());
    this.#weights = from.u8() === 1 ? from.f32s() : undefined;
    for (const array of [this.#location, this.#spread, this.#usual, this.#gain]) array.set(from.f64s());
    this.#recent = Array.from({ length: from.u8() }, () => from.f64s());
    this.#charts.read(from);
  }
}

function momentsOf(values: readonly number[]): { readonly mean: number; readonly sd: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length;
  return { mean, sd: Math.sqrt(variance) };
}
