import type { ByteReader, ByteWriter } from "../core/index.js";

/** What is in service is judged every so many events at least, or every quarter of the time between tunings. */
const JUDGED_EVERY = 96;
/** After a change every judging is followed by a tuning, over so many events: what is new is learned as it comes. */
const ADAPTING = 1152;
/** What drifts again so soon is the same drift. */
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
  /** Events that a first training takes, and those seen when it began to be waited for. */
  #first: number;
  #since = 0;
  /** Events seen so far, and their newest time. */
  #seen = 0;
  #newest = Number.NEGATIVE_INFINITY;
  /** The next tuning: count of events; by time, ms. */
  #next = Number.POSITIVE_INFINITY;
  #judgedAt = { seen: 0, ms: Number.NEGATIVE_INFINITY };
  #tunings = 0;
  /** Why the next tuning is due before its time; empty: it isn't. */
  #trigger = "";
  #driftedAt = Number.NEGATIVE_INFINITY;
  /** Since then the stream is another one. */
  #isAdapting = false;

  /** @param interval undefined: there is no tuning */
  constructor(first: number, interval: Interval | undefined) {
    this.#first = first;
    this.#interval = interval;
  }

  get seen(): number {
    return this.#seen;
  }

  /** Events that the next first training takes, and those that have come for it. */
  get wanted(): number {
    return this.#first;
  }

  /** It is not the first time that a first training is waited for. */
  get hasRestarted(): boolean {
    return this.#since > 0;
  }

  get collected(): number {
    return this.#seen - this.#since;
  }

  see(time: number): void {
    this.#seen++;
    this.#newest = Math.max(this.#newest, time);
  }

  get isFirstDue(): boolean {
    return this.collected >= this.wanted;
  }

  /** The first training brought nothing: it is tried again on twice the events. */
  doubleFirst(): void {
    this.#first *= 2;
  }

  /** What was in service is so no longer: a first training is waited for again. */
  restart(events: number): void {
    this.#first = events;
    this.#since = this.#seen;
  }

  /** The first network is in service: from now on it is tuned, at once. */
  begin(): void {
    this.#next = this.#interval ? 0 : Number.POSITIVE_INFINITY;
  }

  /** The next tuning is due now. */
  ask(trigger: string): void {
    this.#trigger = trigger;
  }

  /**
   * The forecasts' errors have grown for good.
   *
   * @param isChange by so much that it is another stream now
   * @returns whether that is news
   */
  drifted(isChange: boolean): boolean {
    if (this.#seen - this.#driftedAt < BETWEEN_DRIFTS) return false;
    this.#driftedAt = this.#seen;
    this.#isAdapting = isChange;
    this.ask("drift");
    return true;
  }

  /** Takes what is due now: it is not due again. */
  take(): Due | undefined {
    if (this.#interval === undefined) return undefined;
    const isByTime = "ms" in this.#interval;
    const now = isByTime ? this.#newest : this.#seen;
    const interval = "ms" in this.#interval ? this.#interval.ms : this.#interval.events;
    const isAdapting = this.#isAdapting && this.#seen - this.#driftedAt <= ADAPTING;
    const isAsked = now >= this.#next || this.#trigger !== "";
    const since = isByTime ? now - this.#judgedAt.ms : now - this.#judgedAt.seen;
    const isJudging = this.#seen - this.#judgedAt.seen >= JUDGED_EVERY && since >= interval / 4;
    if (!isAsked && !isJudging) return undefined;
    this.#judgedAt = { seen: this.#seen, ms: this.#newest };
    // Judgings count too, so that the numbers never repeat.
    const number = ++this.#tunings;
    if (!isAsked && !isAdapting) return {};
    this.#next = now + interval;
    const trigger = this.#trigger || (isAdapting ? "drift" : "every");
    this.#trigger = "";
    return { tuning: { number, trigger } };
  }

  write(to: ByteWriter): void {
    to.f64(this.#first).f64(this.#since).f64(this.#seen).f64(this.#newest).f64(this.#next);
    to.f64(this.#judgedAt.seen).f64(this.#judgedAt.ms).u32(this.#tunings);
    to.text(this.#trigger)
      .f64(this.#driftedAt)
      .u8(this.#isAdapting ? 1 : 0);
  }

  read(from: ByteReader): this {
    this.#first = from.f64();
    this.#since = from.f64();
    this.#seen = from.f64();
    this.#newest = from.f64();
    this.#next = from.f64();
    this.#judgedAt = { seen: from.f64(), ms: from.f64() };
    this.#tunings = from.u32();
    this.#trigger = from.text();
    this.#driftedAt = from.f64();
    this.#isAdapting = from.u8() === 1;
    return this;
  }
}
