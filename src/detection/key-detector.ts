import type {
  Ahead,
  AlertChange,
  ByteReader,
  ByteWriter,
  Label,
  Prediction,
  StreamEvent,
  TargetForecast,
} from "../core/index.js";
import { Alert } from "./alert/alert.js";
import { type ForecastUnit, forecastOf } from "./forecast-unit.js";
import { PendingForecasts } from "./pending-forecasts.js";
import { ResidualScale } from "./residual-scale.js";
import { StuckWatch } from "./stuck-watch.js";
import { Threshold } from "./threshold.js";

export interface DetectorOptions {
  readonly targets: readonly string[];
  /** Steps ahead, ascending; the first is scored. */
  readonly horizons: readonly number[];
  readonly unit: ForecastUnit;
  /** At most about so many alerts a day and key; undefined: no alerts, no score. */
  readonly alertsPerDay: number | undefined;
  /** Events of a key before its scores count. */
  readonly warmUp: number;
  /** Calm events that end an alert. */
  readonly hold: number;
}

/** What one key's detector remembers of one target. */
class TargetMemory {
  readonly pending: readonly PendingForecasts[];
  readonly scales: readonly ResidualScale[];
  readonly stuck = new StuckWatch();

  constructor(horizons: readonly number[]) {
    this.pending = horizons.map((horizon) => new PendingForecasts(horizon));
    this.scales = horizons.map(() => new ResidualScale());
  }
}

/** By how much a label moves the threshold. */
const LABEL_STEP = 1.25;

interface Finding {
  readonly deviation: number;
  readonly why: string;
}

/**
 * One key's detector: compares each value with what was forecast, in units of the usual error (a robust
 * residual z-score), watches for a sensor that stands still, and decides with hysteresis.
 *
 * score = d^2 / (d^2 + threshold^2), d the largest deviation over the targets: 0.5 at the threshold.
 * Scores before it learns.
 */
export class KeyDetector {
  readonly #options: DetectorOptions;
  readonly #targets: readonly TargetMemory[];
  readonly #threshold: Threshold;
  readonly #alert: Alert;
  /** Event time, ms: no alert is raised before it. */
  #mutedUntil = Number.NEGATIVE_INFINITY;
  /** Why an open alert is to end with the next event; empty: it isn't. */
  #ending = "";

  constructor(options: DetectorOptions) {
    this.#options = options;
    this.#targets = options.targets.map(() => new TargetMemory(options.horizons));
    this.#threshold = new Threshold(options.alertsPerDay ?? 0);
    this.#alert = new Alert(options.hold);
  }

  get isAlertOpen(): boolean {
    return this.#alert.isOpen;
  }

  /** An alert that was open when the key was forgotten ends with the next event. */
  takeOver(before: KeyDetector): void {
    this.#alert.take(before.#alert);
    this.#ending = "the key was reset";
  }

  /** Raises no alerts before an event time, ms; one that is open ends. */
  mute(until: number): void {
    this.#mutedUntil = until;
    this.#ending = "muted";
  }

  /** Somebody says what a stretch was: the threshold moves by a quarter, or what is usual is learned anew. */
  label({ label }: Label): void {
    if (label === "missed") this.#threshold.move(1 / LABEL_STEP);
    if (label === "false-alarm") this.#threshold.move(LABEL_STEP);
    if (label !== "missed") this.#ending = `labelled ${label}`;
    if (label !== "normal-from-here") return;
    for (const { scales } of this.#targets) for (const scale of scales) scale.forget();
  }

  /** Fills in the event's `prediction` and `change`. */
  step(event: StreamEvent): void {
    const { time } = event.sample;
    if (event.begins) for (const memory of this.#targets) for (const ring of memory.pending) ring.clear();

    let finding: Finding = { deviation: 0, why: "" };
    const targets = this.#targets.map((memory, index): TargetForecast => {
      const value = event.target?.[index] ?? Number.NaN;
      const forecast = memory.pending[0]?.due() ?? null;
      const halfBand = memory.scales[0]?.halfBand ?? null;
      const known = forecast !== null && halfBand !== null;
      const here = this.#judge(event, index, forecast, halfBand);
      if (here.deviation > finding.deviation) finding = here;
      return {
        value,
        forecast,
        lower: known ? forecast - halfBand : null,
        upper: known ? forecast + halfBand : null,
        residual: forecast === null ? null : value - forecast,
      };
    });

    const score = this.#score(event, finding.deviation, time);
    event.change = this.#end(score ?? 0, targets) ?? this.#decide(event, score, finding.why, targets);
    const next = this.#targets.map((memory, index) => this.#lookAhead(event, memory, index));
    event.prediction = {
      targets,
      next,
      score,
      alert: this.#alert.isOpen,
      model: event.model,
    } satisfies Prediction;
  }

  /** How unusual one target's value is, in thresholds of its own kind scaled to the residual's threshold. */
  #judge(event: StreamEvent, index: number, forecast: number | null, halfBand: number | null): Finding {
    const memory = this.#targets[index];
    const name = this.#options.targets[index] ?? "";
    if (memory === undefined) return { deviation: 0, why: "" };
    const value = event.target?.[index] ?? Number.NaN;
    const stuckness = memory.stuck.observe(value, event.seq > this.#options.warmUp);
    let finding: Finding = { deviation: 0, why: "" };
    const scale = memory.scales[0];
    if (forecast !== null && scale !== undefined && halfBand !== null) {
      const deviation = scale.deviation(value - forecast);
      const band = `${short(forecast - halfBand)} to ${short(forecast + halfBand)}`;
      finding = {
        deviation,
        why: `${name} ${short(value)}, expected ${band}: ${short(deviation)} times the usual error`,
      };
    }
    const asDeviation = stuckness * this.#threshold.value;
    if (asDeviation > finding.deviation) {
      const { run, longest } = memory.stuck;
      finding = {
        deviation: asDeviation,
        why: `${name} stands still at ${short(value)} for ${run} events, longest before ${longest}`,
      };
    }
    return finding;
  }

  #score(event: StreamEvent, deviation: number, time: number): number | null {
    if (this.#options.alertsPerDay === undefined) return null;
    this.#threshold.observe(time);
    if (event.seq <= this.#options.warmUp) return null;
    const threshold = this.#threshold.value;
    const score = (deviation * deviation) / (deviation * deviation + threshold * threshold);
    if (!this.#alert.isOpen) this.#threshold.learn(deviation);
    return score;
  }

  /** An alert that somebody has ended: by reset, by mute, by a label. */
  #end(score: number, targets: readonly TargetForecast[]): AlertChange | undefined {
    const why = this.#ending;
    this.#ending = "";
    const change = why === "" ? undefined : this.#alert.clear();
    return change && alertChange(change, score, why, targets);
  }

  #decide(
    event: StreamEvent,
    score: number | null,
    why: string,
    targets: readonly TargetForecast[],
  ): AlertChange | undefined {
    const { time } = event.sample;
    if (score === null || time < this.#mutedUntil) return undefined;
    const change = this.#alert.step(score, time);
    if (change === undefined) return undefined;
    const words = change.state === "cleared" ? `calm for ${this.#options.hold} events` : why;
    return alertChange(change, score, words, targets);
  }

  /** Learns from the forecasts that were due, then files the new ones. */
  #lookAhead(event: StreamEvent, memory: TargetMemory, target: number): Ahead[] {
    const { horizons, unit } = this.#options;
    const value = event.target?.[target] ?? Number.NaN;
    return horizons.map((steps, h) => {
      const pending = memory.pending[h];
      const scale = memory.scales[h];
      const due = pending?.due() ?? null;
      if (due !== null) scale?.learn(value - due);
      const forecast = forecastOf(event, unit, target, target * horizons.length + h);
      pending?.push(forecast);
      const halfBand = scale?.halfBand ?? null;
      return {
        steps,
        forecast,
        lower: halfBand === null ? null : forecast - halfBand,
        upper: halfBand === null ? null : forecast + halfBand,
      };
    });
  }

  write(to: ByteWriter): void {
    for (const memory of this.#targets) {
      for (const pending of memory.pending) pending.write(to);
      for (const scale of memory.scales) scale.write(to);
      memory.stuck.write(to);
    }
    this.#threshold.write(to);
    this.#alert.write(to);
    to.f64(this.#mutedUntil).text(this.#ending);
  }

  read(from: ByteReader): this {
    for (const memory of this.#targets) {
      for (const pending of memory.pending) pending.read(from);
      for (const scale of memory.scales) scale.read(from);
      memory.stuck.read(from);
    }
    this.#threshold.read(from);
    this.#alert.read(from);
    this.#mutedUntil = from.f64();
    this.#ending = from.text();
    return this;
  }
}

function alertChange(
  change: Pick<AlertChange, "state" | "since">,
  score: number,
  why: string,
  targets: readonly TargetForecast[],
): AlertChange {
  const first = targets[0];
  return { ...change, score, value: first?.value ?? Number.NaN, forecast: first?.forecast ?? null, why };
}

/** Four significant digits, as people read them. */
function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
