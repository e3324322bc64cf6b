import { type ByteReader, type ByteWriter, log } from "../../core/index.js";

export interface VoiceOptions {
  /** Samples a second. */
  readonly rateHz: number;
  /** A frame is loud when it is so far above the floor, dB. */
  readonly thresholdDb: number;
  /** So long loud frames in a row open a sequence, ms... */
  readonly openMs: number;
  /** ...and so long without one closes it. */
  readonly closeMs: number;
  /** So much of what came before it opened is heard too, ms. */
  readonly leadMs: number;
}

const FRAME_MS = 10;
/** The floor falls to quieter frames at once, by this share, and rises so much a frame, dB: 3 dB a second. */
const FALL = 0.3;
const RISE_DB = 0.03;
/** Power that counts as silence. */
const SILENCE = 1e-10;
const TO_DB = 10 / Math.LN10;

/** What came of a packet. */
export interface Heard {
  /** A sequence opened, or closed, within it. */
  readonly opens: boolean;
  readonly closes: boolean;
  /** What is to be heard of it, with what came before it opened; empty while closed. */
  readonly samples: Float64Array;
}

/**
 * Voice activity by loudness: frames of 10 ms are loud when they stand out from the noise floor, which falls to quieter
 * frames and rises slowly. A few loud frames in a row open a sequence, a longer pause closes it. It hears loudness, not
 * voices: a slammed door opens one too.
 *
 * Decides once a packet: of two utterances in one packet it makes one.
 */
export class VoiceActivity {
  readonly #options: VoiceOptions;
  readonly #frame: number;
  /** dB; NaN before the first frame. */
  #floor = Number.NaN;
  #isOpen = false;
  /** Loud frames in a row; frames since the last loud one. */
  #loud = 0;
  #quiet = 0;
  /** Samples of a frame that is not whole. */
  #rest: Float64Array = new Float64Array(0);
  /** While closed: the newest samples, at most the lead. */
  #lead: Float64Array = new Float64Array(0);

  constructor(options: VoiceOptions) {
    this.#options = options;
    this.#frame = Math.round((options.rateHz * FRAME_MS) / 1000);
  }

  step(packet: Float64Array): Heard {
    const wasOpen = this.#isOpen;
    let opens = false;
    const all = joined(this.#rest, packet);
    const frames = Math.floor(all.length / this.#frame);
    for (let i = 0; i < frames; i++) {
      this.#judge(all.subarray(i * this.#frame, (i + 1) * this.#frame));
      if (!this.#isOpen && this.#loud * FRAME_MS >= this.#options.openMs) this.#isOpen = opens = true;
    }
    this.#rest = all.slice(frames * this.#frame);
    const closes = this.#isOpen && this.#quiet * FRAME_MS >= this.#options.closeMs;
    const before = this.#lead;
    if (closes) this.#isOpen = false;
    this.#lead = this.#isOpen
      ? new Float64Array(0)
      : this.#newest(wasOpen || opens ? packet : joined(before, packet));
    if (wasOpen) return { opens: false, closes, samples: packet };
    return opens
      ? { opens, closes, samples: joined(before, packet) }
      : { opens: false, closes: false, samples: new Float64Array(0) };
  }

  #newest(samples: Float64Array): Float64Array {
    const length = Math.round((this.#options.rateHz * this.#options.leadMs) / 1000);
    return samples.slice(Math.max(0, samples.length - length));
  }

  #judge(frame: Float64Array): void {
    let power = 0;
    for (const sample of frame) power += sample * sample;
    const level = TO_DB * log(Math.max(power / frame.length, SILENCE));
    if (Number.isNaN(this.#floor)) this.#floor = level;
    const isLoud = level > this.#floor + this.#options.thresholdDb;
    this.#floor += level < this.#floor ? FALL * (level - this.#floor) : RISE_DB;
    this.#loud = isLoud ? this.#loud + 1 : 0;
    this.#quiet = isLoud ? 0 : this.#quiet + 1;
  }

  write(to: ByteWriter): void {
    to.f64(this.#floor)
      .u8(this.#isOpen ? 1 : 0)
      .f64(this.#loud)
      .f64(this.#quiet)
      .f64s(this.#rest)
      .f64s(this.#lead);
  }

  read(from: ByteReader): this {
    this.#floor = from.f64();
    this.#isOpen = from.u8() === 1;
    this.#loud = from.f64();
    this.#quiet = from.f64();
    this.#rest = from.f64s();
    this.#lead = from.f64s();
    return this;
  }
}

function joined(a: Float64Array, b: Float64Array): Float64Array {
  const all = new Float64Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
