import { type AlertState, type ByteReader, type ByteWriter, exp } from "../../core/index.js";

/** A firing raises the bar for the next ones by so much... */
const HABITUATION = 0.07;
/** ...and is forgotten over so many warm-ups. */
const FORGOTTEN_IN = 8;
/** Share of the warm-up that has to pass between two firings. */
const REFRACTORY = 0.25;
/** Below this an event counts as calm; between it and 1 an alert neither fires nor ends. */
const CALM = 0.6;

export interface AlertCycleOptions {
  /** Rows of a key before it is known what is usual, W. */
  readonly warmUp: number;
  /** Calm rows in a row that clear an alert. */
  readonly hold: number;
}

/** What became of one row. */
export interface AlertStep {
  /** In [0, 1]: r / 2 below r = 1, where an alert is due, then 1 - exp(1 - r) / 2. */
  readonly score: number;
  /** It fired: an alert was raised, or would have been were one not open. */
  readonly fires: boolean;
  readonly state: AlertState | undefined;
}

/**
 * From strengths to alerts, for one key. A strength of 1 is due an alert; h, which rises with every firing and is
 * forgotten over eight warm-ups, makes the next ones rarer: r = strength / (1 + h). Between two firings lies at least
 * a quarter of a warm-up. An alert is raised when it fires, updated when it fires again while open, and cleared after
 * `hold` rows in a row with r < 0.6: one that marks an onset ends soon after it, one that holds a plateau stays.
 *
 * Several detectors share one cycle, fed with the largest of their strengths: with one each they would fire twice for
 * the same cause.
 */
export class AlertCycle {
  readonly #options: AlertCycleOptions;
  readonly #decay: number;
  #habituation = 0;
  #sinceFired = Number.POSITIVE_INFINITY;
  #since = Number.NaN;
  #calm = 0;

  constructor(options: AlertCycleOptions) {
    this.#options = options;
    this.#decay = exp(-1 / (FORGOTTEN_IN * options.warmUp));
  }

  get isOpen(): boolean {
    return !Number.isNaN(this.#since);
  }

  /** Event time at which the open alert was raised, ms. */
  get since(): number {
    return this.#since;
  }

  /**
   * @param strength of the strongest detector
   * @param isReported false while it warms up, or is muted: it gets used to things, and raises nothing
   */
  step(strength: number, time: number, isReported: boolean): AlertStep {
    this.#habituation *= this.#decay;
    this.#sinceFired++;
    const r = strength / (1 + this.#habituation);
    const score = r < 1 ? r / 2 : 1 - exp(1 - r) / 2;
    const fires = r >= 1 && this.#sinceFired > REFRACTORY * this.#options.warmUp;
    if (fires) {
      this.#sinceFired = 0;
      this.#habituation += HABITUATION;
    }
    return { score, fires, state: isReported ? this.#next(r, fires, time) : undefined };
  }

  #next(r: number, fires: boolean, time: number): AlertState | undefined {
    if (!this.isOpen) {
      if (!fires) return undefined;
      this.#since = time;
      this.#calm = 0;
      return "raised";
    }
    this.#calm = r < CALM ? this.#calm + 1 : 0;
    if (this.#calm >= this.#options.hold) return this.clear();
    return fires ? "updated" : undefined;
  }

  /** Ends an open alert, whatever the strength. */
  clear(): AlertState | undefined {
    if (!this.isOpen) return undefined;
    this.#since = Number.NaN;
    this.#calm = 0;
    return "cleared";
  }

  write(to: ByteWriter): void {
    to.f64(this.#habituation).f64(this.#sinceFired).f64(this.#since).u32(this.#calm);
  }

  read(from: ByteReader): this {
    this.#habituation = from.f64();
    this.#sinceFired = from.f64();
    this.#since = from.f64();
    this.#calm = from.u32();
    return this;
  }
}
