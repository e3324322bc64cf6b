import type { ByteReader, ByteWriter } from "../../core/index.js";
import type { AudioFeature } from "../feature.js";
import type { KeyFeature, Moment } from "../key-feature.js";
import { AudioAnalysis } from "./audio-analysis.js";

/** Frames that a delta is made of. */
const DELTA_FRAMES = 5;
/** sum over n of n^2, n from -2 to 2 */
const DELTA_SCALE = 10;

/** Made once for all keys: tables that depend on the feature alone. */
const analyses = new WeakMap<AudioFeature, AudioAnalysis>();

function analysisOf(feature: AudioFeature): AudioAnalysis {
  const known = analyses.get(feature) ?? new AudioAnalysis(feature);
  analyses.set(feature, known);
  return known;
}

/**
 * Audio as time steps: a step per `hop`, of the window that ends there. Samples come in pieces of any length, and so an
 * event makes any number of steps; where it is cut changes nothing. Samples are pre-emphasised, y[n] = x[n] - a x[n - 1].
 *
 * A delta is the slope through the last five frames, the newest included:
 * (2 c[t] + c[t - 1] - c[t - 3] - 2 c[t - 4]) / 10; before the first frame stands the first.
 */
export class AudioInputs implements KeyFeature {
  readonly #feature: AudioFeature;
  readonly #analysis: AudioAnalysis;
  /** The last sample as it came; NaN at the start of a sequence. */
  #before = Number.NaN;
  /** Pre-emphasised samples that the next windows need. */
  #waiting: Float64Array = new Float64Array(0);
  /** The last frames, oldest first, at most four. */
  #frames: Float64Array[] = [];

  constructor(feature: AudioFeature) {
    this.#feature = feature;
    this.#analysis = analysisOf(feature);
  }

  /** [k, I] the time steps that are whole with these samples. */
  steps(moment: Moment): Float64Array {
    const { window, hop, size } = this.#analysis;
    const samples = this.#take(moment.signal(this.#feature.field));
    const k = Math.max(0, Math.floor((samples.length - window) / hop) + 1);
    const width = this.#feature.hasDelta ? 2 * size : size;
    const result = new Float64Array(k * width);
    for (let t = 0; t < k; t++) {
      this.#analysis.analyse(result, t * width, samples, t * hop);
      if (this.#feature.hasDelta) this.#addDelta(result, t * width);
    }
    this.#waiting = samples.slice(k * hop);
    return result;
  }

  /** What waited, and the new samples, pre-emphasised. */
  #take(signal: Float64Array): Float64Array {
    const waiting = this.#waiting.length;
    const samples = new Float64Array(waiting + signal.length);
    samples.set(this.#waiting);
    const a = this.#feature.preEmphasis;
    let before = Number.isNaN(this.#before) ? (signal[0] ?? 0) : this.#before;
    for (let n = 0; n < signal.length; n++) {
      samples[waiting + n] = signal[n]! - a * before;
      before = signal[n]!;
    }
    if (signal.length > 0) this.#before = before;
    return samples;
  }

  #addDelta(result: Float64Array, at: number): void {
    const { size } = this.#analysis;
    const frame = result.slice(at, at + size);
    const past = this.#frames;
    while (past.length < DELTA_FRAMES - 1) past.push(frame);
    const [oldest, second, , newest] = past as [Float64Array, Float64Array, Float64Array, Float64Array];
    for (let i = 0; i < size; i++) {
      const slope = 2 * (frame[i]! - oldest[i]!) + (newest[i]! - second[i]!);
      result[at + size + i] = slope / DELTA_SCALE;
    }
    past.shift();
    past.push(frame);
  }

  /** Its time steps are no single one: see `steps`. */
  step(_input: Float64Array, at: number): number {
    return at;
  }

  begin(): void {
    this.#before = Number.NaN;
    this.#waiting = new Float64Array(0);
    this.#frames = [];
  }

  write(to: ByteWriter): void {
    to.f64(this.#before).f64s(this.#waiting).u32(this.#frames.length);
    for (const frame of this.#frames) to.f64s(frame);
  }

  read(from: ByteReader): void {
    this.#before = from.f64();
    this.#waiting = from.f64s();
    this.#frames = Array.from({ length: from.u32() }, () => from.f64s());
  }
}
