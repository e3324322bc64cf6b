import type { ByteReader, ByteWriter } from "../core/index.js";

/** What is in service is judged every so many events at least, or every quarter of the time between tunings. */
const JUDGED_EVERY = 96;
/** What drifts again so soon is being learned already. */
const BETWEEN_DRIFTS = 192;

/** Between tunings: events, or event time, ms. */
export type Interval = { readonly events: number } | { readonly ms: number };

/** Something is due: judging, and perhaps a tuning after it. */
export interface Due {
  /** Absent: it is only to be judged. */
  readonly tuning?: { readonly number: number; readonly trigger: string };
}

/** When the next training, tuning or judging is due, by what was seen. */
export class LearningSchedule {
  readonly #interval: Interval | undefined;
  /** Events seen so far, and their newest time. */
  #seen = 0;
  #newest = Number.NEGATIVE_INFINITY;
  /** The next training or tuning: count of events; by time, ms. */
  #next: number;
  #judgedAt = { seen: 0, ms: Number.NEGATIVE_INFINITY };
  #tunings = 0;
  /** Why the next tuning is due before its time; empty: it isn't. */
  #trigger = "";
  #driftedAt = Number.NEGATIVE_INFINITY;

  /** @param interval undefined: there is no tuning */
  constructor(firstAt: number, interval: Interval | undefined) {
    this.#next = firstAt;
    this.#interval = interval;
  }

  get seen(): number {
    return this.#seen;
  }

  /** Events until the first training. */
  get firstAt(): number {
    return this.#next;
  }

  see(time: number): void {
    this.#seen++;
    this.#newest = Math.max(this.#newest, time);
  }

  get isFirstDue(): boolean {
    return this.#seen >= this.#next;
  }

  /** The first training brought nothing: it is tried again on twice the events. */
  doubleFirst(): void {
    this.#next *= 2;
  }

  /** The first network is in service: from now on it is tuned, at once. */
  begin(): void {
    this.#next = this.#interval ? 0 : Number.POSITIVE_INFINITY;
  }

  /** The next tuning is due now. */
  ask(trigger: string): void {
    this.#trigger = trigger;
  }

  /** The forecasts' errors have grown. */
  drifted(): void {
    if (this.#seen - this.#driftedAt < BETWEEN_DRIFTS) return;
    this.#driftedAt = this.#seen;
    this.ask("drift");
  }

  /** Takes what is due now: it is not due again. */
  take(): Due | undefined {
    if (this.#interval === undefined) return undefined;
    const isByTime = "ms" in this.#interval;
    const now = isByTime ? this.#newest : this.#seen;
    const interval = "ms" in this.#interval ? this.#interval.ms : this.#interval.events;
    const isTuning = now >= this.#next || this.#trigger !== "";
    const since = isByTime ? now - this.#judgedAt.ms : now - this.#judgedAt.seen;
    const isJudging = this.#seen - this.#judgedAt.seen >= JUDGED_EVERY && since >= interval / 4;
    if (!isTuning && !isJudging) return undefined;
    this.#judgedAt = { seen: this.#seen, ms: this.#newest };
    // Judgings count too, so that the numbers never repeat.
    const number = ++this.#tunings;
    if (!isTuning) return {};
    this.#next = now + interval;
    const trigger = this.#trigger || "every";
    this.#trigger = "";
    return { tuning: { number, trigger } };
  }

  write(to: ByteWriter): void {
    to.f64(this.#seen).f64(this.#newest).f64(this.#next);
    to.f64(this.#judgedAt.seen).f64(this.#judgedAt.ms).u32(this.#tunings);
    to.text(this.#trigger).f64(this.#driftedAt);
  }

  read(from: ByteReader): this {
    this.#seen = from.f64();
    this.#newest = from.f64();
    this.#next = from.f64();
    this.#judgedAt = { seen: from.f64(), ms: from.f64() };
    this.#tunings = from.u32();
    this.#trigger = from.text();
    this.#driftedAt = from.f64();
    return this;
  }
}
