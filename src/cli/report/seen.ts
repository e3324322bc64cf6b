import type { AlertChange, Label, Prediction } from "../../core/index.js";
import { CloseUps } from "./close-ups.js";
import { ForecastQuality } from "./forecast-quality.js";
import { type Point, Thinned } from "./thinned.js";

/** One stepped event, as a report takes it in. */
export interface SeenRow {
  readonly key: string;
  readonly time: number;
  readonly prediction: Prediction;
  readonly change: AlertChange | undefined;
  /** Whose evidence was the strongest; empty where that isn't known. */
  readonly detector: string;
  /** The recording says that something was wrong; undefined: it says nothing. */
  readonly isLabelled?: boolean | undefined;
}

export interface SeenKey {
  readonly key: string;
  readonly series: Thinned;
  events: number;
  from: number;
  to: number;
  alerts: number;
}

export interface SeenDetector {
  /** Events in which it had the strongest evidence. */
  events: number;
  alerts: number;
  highest: number;
}

/** Stretches that the recording's own labels mark, and what the alerts say of them. */
export interface LabelScore {
  stretches: number;
  found: number;
  /** Alerts that were raised outside all of them. */
  outside: number;
}

export interface KeyLabel extends Label {
  readonly key: string;
  readonly why: string;
}

/** Keys whose course is kept (some 50 KB each); of more, only numbers. */
const DRAWN_KEYS = 400;
const STRETCHES = 400;
/** Keys that are known one by one; the rest is only counted. */
const KNOWN_KEYS = 20_000;
export const SCORE_BINS = 50;

/** What a pipeline has seen and said, in memory that doesn't grow with the number of events. */
export class Seen {
  readonly keys = new Map<string, SeenKey>();
  /** Rows that were not stepped, by reason. */
  readonly notes = new Map<string, number>();
  readonly detectors = new Map<string, SeenDetector>();
  readonly closeUps = new CloseUps();
  readonly quality: readonly ForecastQuality[];
  /** How many scores lie in each fiftieth of [0, 1]. */
  readonly scores = new Float64Array(SCORE_BINS);
  readonly labels: KeyLabel[] = [];
  labelScore: LabelScore | undefined;
  events = 0;
  from = Number.NaN;
  to = Number.NaN;
  readonly #inLabel = new Map<string, { wasFound: boolean }>();

  /** @param steps ahead that forecasts were made */
  constructor(
    readonly targets: readonly string[],
    readonly steps: number,
  ) {
    this.quality = targets.map((_, target) => new ForecastQuality(target, steps));
  }

  note(reason: string): void {
    this.notes.set(reason, (this.notes.get(reason) ?? 0) + 1);
  }

  step({ key, time, prediction, change, detector, isLabelled }: SeenRow): void {
    this.events++;
    this.from = Number.isNaN(this.from) ? time : Math.min(this.from, time);
    this.to = Number.isNaN(this.to) ? time : Math.max(this.to, time);
    const point = pointOf(time, prediction, isLabelled ?? false);
    this.#key(key, point, change);
    this.#detector(detector, prediction.score, change);
    this.closeUps.step(key, point, change, detector);
    for (const quality of this.quality) quality.step(key, time, prediction);
    if (prediction.score !== null) {
      this.scores[Math.min(SCORE_BINS - 1, Math.floor(prediction.score * SCORE_BINS))]!++;
    }
    if (isLabelled !== undefined) this.#judge(key, isLabelled, prediction.alert, change);
  }

  #key(key: string, point: Point, change: AlertChange | undefined): void {
    let own = this.keys.get(key);
    if (own === undefined) {
      if (this.keys.size >= KNOWN_KEYS) return;
      const series = new Thinned(STRETCHES);
      own = { key, series, events: 0, from: point.time, to: point.time, alerts: 0 };
      this.keys.set(key, own);
    }
    own.events++;
    own.from = Math.min(own.from, point.time);
    own.to = Math.max(own.to, point.time);
    if (change?.state === "raised") own.alerts++;
    if (this.keys.size <= DRAWN_KEYS || own.series.stretches.length > 0) own.series.add(point);
  }

  #detector(name: string, score: number | null, change: AlertChange | undefined): void {
    if (name === "" || score === null) return;
    const own = this.detectors.get(name) ?? { events: 0, alerts: 0, highest: 0 };
    this.detectors.set(name, own);
    own.events++;
    own.highest = Math.max(own.highest, score);
    if (change?.state === "raised") own.alerts++;
  }

  #judge(key: string, isLabelled: boolean, isAlert: boolean, change: AlertChange | undefined): void {
    this.labelScore ??= { stretches: 0, found: 0, outside: 0 };
    const score = this.labelScore;
    let open = this.#inLabel.get(key);
    if (!isLabelled) this.#inLabel.delete(key);
    else if (open === undefined) {
      open = { wasFound: false };
      this.#inLabel.set(key, open);
      score.stretches++;
    }
    if (isLabelled && open && isAlert && !open.wasFound) {
      open.wasFound = true;
      score.found++;
    }
    if (!isLabelled && change?.state === "raised") score.outside++;
  }
}

function pointOf(time: number, { targets, score, alert }: Prediction, isLabelled: boolean): Point {
  const number = (value: number | null) => value ?? Number.NaN;
  return {
    time,
    values: targets.map(({ value }) => value),
    forecasts: targets.map(({ forecast }) => number(forecast)),
    lowers: targets.map(({ lower }) => number(lower)),
    uppers: targets.map(({ upper }) => number(upper)),
    score: number(score),
    isAlert: alert,
    isLabelled,
  };
}
