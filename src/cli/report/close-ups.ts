import type { AlertChange } from "../../core/index.js";
import type { Point } from "./thinned.js";

/** One alert, from raised to cleared. */
export interface SeenAlert {
  readonly key: string;
  /** Event times, ms; `to` undefined while it is open. */
  readonly since: number;
  to: number | undefined;
  /** The highest score. */
  score: number;
  /** Of the detector that raised it; empty where that isn't known. */
  readonly detector: string;
  readonly why: string;
}

/** An alert with the rows around it, all of them. */
export interface CloseUp {
  readonly alert: SeenAlert;
  readonly points: Point[];
}

/** Rows that are shown before an alert, and after its end; and of a long alert itself. */
const BEFORE = 120;
const AFTER = 40;
const DURING = 240;
/** Keys whose newest rows are kept at hand; of others an alert is shown from where it was raised. */
const REMEMBERED = 400;
/** Rows that are forgotten at a time. */
const SPARE = 40;
/** Alerts that are shown; of more, those with the highest scores. */
const SHOWN = 12;
/** Alerts that are listed; of more, the newest. */
const LISTED = 300;

/** Alerts of all keys, in bounded memory. */
export class CloseUps {
  /** The newest, oldest first. */
  readonly alerts: SeenAlert[] = [];
  #count = 0;
  readonly #recent = new Map<string, Point[]>();
  readonly #open = new Map<string, SeenAlert>();
  /** Being filled, and how many rows are still to come; undefined while the alert is open. */
  readonly #filling = new Map<string, { readonly closeUp: CloseUp; after: number | undefined }>();
  #kept: CloseUp[] = [];

  /** Alerts raised, all of them. */
  get count(): number {
    return this.#count;
  }

  /** The ones with the highest scores, in order of time. */
  get shown(): readonly CloseUp[] {
    return [...this.#kept].sort((a, b) => a.alert.since - b.alert.since);
  }

  step(key: string, point: Point, change: AlertChange | undefined, detector: string): void {
    if (change) this.#change(key, point, change, detector);
    this.#fill(key, point);
    this.#remember(key, point);
  }

  #remember(key: string, point: Point): void {
    let recent = this.#recent.get(key);
    if (recent === undefined) {
      if (this.#recent.size >= REMEMBERED) return;
      recent = [];
      this.#recent.set(key, recent);
    }
    if (recent.push(point) >= BEFORE + SPARE) recent.splice(0, SPARE);
  }

  #change(key: string, point: Point, change: AlertChange, detector: string): void {
    const { state, since, score, why } = change;
    const open = this.#open.get(key);
    if (state === "raised") {
      const alert = { key, since, to: undefined, score, detector, why };
      this.#count++;
      this.#open.set(key, alert);
      if (this.alerts.push(alert) > LISTED) this.alerts.shift();
      const closeUp = { alert, points: (this.#recent.get(key) ?? []).slice(-BEFORE) };
      this.#filling.set(key, { closeUp, after: undefined });
      this.#keep(closeUp);
    } else if (open) {
      open.score = Math.max(open.score, score);
      if (state === "cleared") {
        open.to = point.time;
        this.#open.delete(key);
        const filling = this.#filling.get(key);
        if (filling) filling.after = AFTER;
      }
    }
  }

  #fill(key: string, point: Point): void {
    const filling = this.#filling.get(key);
    if (filling === undefined) return;
    const { closeUp } = filling;
    if (point.isAlert) closeUp.alert.score = Math.max(closeUp.alert.score, point.score || 0);
    closeUp.points.push(point);
    if (filling.after === undefined) {
      if (closeUp.points.length >= BEFORE + DURING) this.#filling.delete(key);
    } else if (filling.after-- <= 0) this.#filling.delete(key);
  }

  #keep(closeUp: CloseUp): void {
    this.#kept.push(closeUp);
    if (this.#kept.length <= SHOWN) return;
    // The newest has had no time yet to grow.
    const older = this.#kept.slice(0, -1);
    const least = older.reduce((a, b) => (b.alert.score < a.alert.score ? b : a));
    this.#kept = this.#kept.filter((one) => one !== least);
  }
}
