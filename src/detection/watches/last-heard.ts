import { ByteReader, ByteWriter, type StreamEvent } from "../../core/index.js";
import { SilenceDetector, type SilenceOptions } from "./silence-detector.js";

/** The slot in which it stands what was heard last of every key. */
export const SILENCE_SLOT = "silence";

/** A silence that nobody asked to be told of is at least so long: packets come together, and networks stutter. */
const LEAST_MS = 60_000;

/**
 * A key's newest event, and how long a silence after it is usual by arrival, for whoever has a clock: it alone can tell of
 * a key that never comes back. Kept apart from what is watched by event time, so that when packets arrive changes nothing
 * there.
 */
export class LastHeard {
  readonly #arrivals: SilenceDetector;
  readonly #isStated: boolean;
  #arrival = 0;
  #time = 0;
  #seq = 0;
  #value = 0;
  #limitMs = Number.POSITIVE_INFINITY;
  /** An alert was made of the silence that lasts. */
  #isTold = false;

  constructor(options: SilenceOptions) {
    this.#arrivals = new SilenceDetector(options);
    this.#isStated = options.longestMs !== undefined;
  }

  /** When the newest event came, ms. */
  get arrival(): number {
    return this.#arrival;
  }

  /** Its event time, ms. */
  get time(): number {
    return this.#time;
  }

  get seq(): number {
    return this.#seq;
  }

  /** Of its first target. */
  get value(): number {
    return this.#value;
  }

  /** A longer silence that nobody was told of yet is due an alert, ms; infinite while none is. */
  get dueMs(): number {
    return this.#isTold ? Number.POSITIVE_INFINITY : this.#limitMs;
  }

  /**
   * @param usualMs the longest silence by event time; the longer of both counts, as recordings are played fast and
   *   packets hold many events
   * @param factor  by how much the budget has raised the bar; what a user allows it doesn't stretch
   */
  hear({ sample, seq, target }: StreamEvent, usualMs: number, factor: number): void {
    this.#arrival = sample.arrival;
    this.#time = sample.time;
    this.#seq = seq;
    this.#value = target?.[0] ?? 0;
    this.#isTold = false;
    this.#arrivals.observe(sample.arrival, seq);
    const { limitMs } = this.#arrivals;
    this.#limitMs = this.#isStated ? limitMs : Math.max(LEAST_MS, factor * Math.max(usualMs, limitMs));
  }

  /** Of a silence that lasts, in words; it is told of by that. */
  tell(silenceMs: number): string {
    this.#isTold = true;
    return this.#arrivals.whySilent(silenceMs);
  }

  /** Nobody is to be told of it before an event time, ms. */
  wait(untilMs: number): void {
    this.#limitMs = untilMs - this.#time;
  }

  write(to: ByteWriter): void {
    this.#arrivals.write(to);
    to.f64(this.#arrival).f64(this.#time).f64(this.#seq).f64(this.#value).f64(this.#limitMs);
    to.u8(this.#isTold ? 1 : 0);
  }

  read(from: ByteReader): this {
    this.#arrivals.read(from);
    this.#arrival = from.f64();
    this.#time = from.f64();
    this.#seq = from.f64();
    this.#value = from.f64();
    this.#limitMs = from.f64();
    this.#isTold = from.u8() === 1;
    return this;
  }
}

/** Keys that say nothing, and for how long, ms. */
export interface Silence {
  readonly key: string;
  readonly silenceMs: number;
}

/** Body of a request `silence`. */
export function writeSilences(silences: readonly Silence[]): Uint8Array {
  const to = new ByteWriter().u32(silences.length);
  for (const { key, silenceMs } of silences) to.text(key).f64(silenceMs);
  return to.finish();
}

/** @throws RangeError code `STATE_CORRUPT` */
export function readSilences(body: Uint8Array): Silence[] {
  const from = new ByteReader(body, "request silence");
  const silences = Array.from({ length: from.u32() }, () => ({ key: from.text(), silenceMs: from.f64() }));
  from.end();
  return silences;
}

/** What stands in the slot `silence` of a key: when it was heard last, and how long a silence is usual. */
export function readLastHeard(bytes: ByteReader): Pick<LastHeard, "arrival" | "dueMs"> {
  return new LastHeard({ warmUp: 0 }).read(bytes);
}
