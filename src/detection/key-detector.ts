import type {
  AlertChange,
  AlertState,
  ByteReader,
  ByteWriter,
  Label,
  Prediction,
  StreamEvent,
  TargetForecast,
} from "../core/index.js";
import { AlertBudget } from "./alert/budget.js";
import { AlertCycle, scoreOf } from "./alert/index.js";
import type { Maintenance } from "./alert/maintenance.js";
import type { Row } from "./detector.js";
import { type EnsembleOptions, type Member, makeEnsemble, type Shared } from "./ensemble.js";
import type { ForecastUnit } from "./forecast/forecast-unit.js";
import { TargetForecasts } from "./forecast/target-forecasts.js";
import { UsualInterval } from "./usual-interval.js";
import type { LastHeard } from "./watches/last-heard.js";
import { SilenceDetector } from "./watches/silence-detector.js";
import { short } from "./words.js";

/** How a key is watched. */
export interface WatchOptions extends Omit<EnsembleOptions, "targets" | "horizons"> {
  /** Calm events in a row that clear an alert. */
  readonly hold: number;
  /** Keys whose alerts are raised within so much event time share one, ms; absent: every key has its own. */
  readonly groupMs?: number;
  /** When nobody is to be told of anything. */
  readonly maintenance?: Maintenance;
}

export interface DetectorOptions {
  readonly targets: readonly string[];
  /** Steps ahead, ascending; the first is given beside the value. */
  readonly horizons: readonly number[];
  readonly unit: ForecastUnit;
  /** undefined: no scores, no alerts. */
  readonly watch: WatchOptions | undefined;
}

/** What one key is watched by, and remembers of it. */
class Watch {
  readonly members: readonly Member[];
  readonly cycle: AlertCycle;
  readonly budget: AlertBudget;
  readonly interval = new UsualInterval();
  readonly silence: SilenceDetector | undefined;
  readonly looksAtForecasts: boolean;

  constructor(
    readonly options: WatchOptions,
    signals: Pick<EnsembleOptions, "targets" | "horizons">,
    shared: Shared,
  ) {
    this.members = makeEnsemble({ ...options, ...signals }, shared);
    this.looksAtForecasts = options.detectors.includes("forecast");
    this.silence = this.members.map(({ detector }) => detector).find((one) => one instanceof SilenceDetector);
    this.cycle = new AlertCycle(options);
    this.budget = new AlertBudget(options.alertsPerDay);
  }

  /** The strongest evidence of all detectors, in thresholds, and whose it is. */
  strongest(row: Row): { readonly strength: number; readonly member: Member | undefined } {
    const factor = this.budget.factor;
    let strength = 0;
    let member: Member | undefined;
    for (const one of this.members) {
      const own = one.strength(row) / factor;
      if (own <= strength) continue;
      strength = own;
      member = one;
    }
    return { strength, member };
  }

  write(to: ByteWriter): void {
    for (const { detector } of this.members) detector.write(to);
    this.cycle.write(to);
    this.budget.write(to);
    this.interval.write(to);
  }

  read(from: ByteReader): void {
    for (const { detector } of this.members) detector.read(from);
    this.cycle.read(from);
    this.budget.read(from);
    this.interval.read(from);
  }
}

/**
 * One key's forecasts and detectors: compares each value with what was foretold of it, judges it by all detectors,
 * and lets the strongest of them raise, update and clear the key's one alert (see `AlertCycle`). Scores before it
 * learns.
 */
export class KeyDetector {
  readonly #forecasts: readonly TargetForecasts[];
  readonly #watch: Watch | undefined;
  readonly #names: readonly string[];
  /** Event time, ms: no alert is raised before it. */
  #mutedUntil = Number.NEGATIVE_INFINITY;
  /** Why an open alert is to end with the next event; empty: it isn't. */
  #ending = "";
  /** How many mutes of all keys it has obeyed, see `Mutes`. */
  obeyed = 0;

  constructor({ targets, horizons, unit, watch }: DetectorOptions, shared: Shared) {
    this.#forecasts = targets.map((_, index) => new TargetForecasts(index, horizons, unit));
    this.#watch = watch && new Watch(watch, { targets, horizons }, shared);
    this.#names = targets;
  }

  get isAlertOpen(): boolean {
    return this.#watch?.cycle.isOpen ?? false;
  }

  /** An alert that was open when the key was forgotten ends with the next event. */
  takeOver(before: KeyDetector, why: string): void {
    if (!before.#watch || !this.#watch) return;
    this.#watch.cycle.take(before.#watch.cycle);
    this.#ending = why;
  }

  get watchesSilence(): boolean {
    return this.#watch?.silence !== undefined;
  }

  /** Notes that it was heard of. */
  note(event: StreamEvent, heard: LastHeard): void {
    const { silence, budget } = this.#watch ?? {};
    if (silence && budget) heard.hear(event, silence.limitMs, budget.factor);
  }

  /** Nothing has come for so long, which is longer than is usual: there is no row, and an alert all the same. */
  silent(key: string, silenceMs: number, heard: LastHeard): AlertChange | undefined {
    const watch = this.#watch;
    const { time, value, dueMs } = heard;
    if (!watch || !(silenceMs > dueMs)) return undefined;
    const quietUntil = this.#quietUntil(key, time + silenceMs);
    if (quietUntil !== undefined) {
      heard.wait(quietUntil);
      return undefined;
    }
    const why = heard.tell(silenceMs);
    const state = watch.cycle.announce(time + silenceMs);
    if (state === "raised") watch.budget.spend();
    const score = scoreOf(silenceMs / dueMs);
    return { state, since: watch.cycle.since, score, value, forecast: null, why };
  }

  /** Until when nobody is to be told of anything, ms; undefined: now already. */
  #quietUntil(key: string, time: number): number | undefined {
    const until = this.#watch?.options.maintenance?.until(key, time);
    return time < this.#mutedUntil ? Math.max(this.#mutedUntil, until ?? this.#mutedUntil) : until;
  }

  /** Event time, ms, before which it raises no alerts. */
  get mutedUntil(): number {
    return this.#mutedUntil;
  }

  /** Raises no alerts before an event time, ms; one that is open ends. Negative infinity ends a mute. */
  mute(until: number): void {
    this.#mutedUntil = until;
    if (until > Number.NEGATIVE_INFINITY) this.#ending = "muted";
  }

  /** How easily it raises alerts from now on; see `AlertBudget.set`. */
  sensitivity(value: number): void {
    this.#watch?.budget.set(value);
  }

  /** Somebody says what a stretch was: the bar moves by a quarter, or what is usual is learned anew. */
  label({ label }: Label): void {
    if (label !== "normal-from-here") this.#watch?.budget.label(label === "false-alarm");
    if (label !== "missed") this.#ending = `labelled ${label}`;
    if (label === "normal-from-here") for (const forecasts of this.#forecasts) forecasts.forget();
  }

  /** Gives back the memory of its detectors. */
  release(): void {
    for (const { detector } of this.#watch?.members ?? []) detector.release();
  }

  /** Memory of its detectors, bytes. */
  get bytes(): number {
    return (this.#watch?.members ?? []).reduce((sum, { detector }) => sum + detector.bytes, 0);
  }

  /** A sequence begins: what was forecast of the one before is not of this one. */
  begin(): void {
    for (const forecasts of this.#forecasts) forecasts.begin();
  }

  /** Fills in the event's `prediction` and `change`. */
  step(event: StreamEvent): void {
    if (event.begins) this.begin();
    const targets = this.#forecasts.map((forecasts) => forecasts.compare(event));
    event.change = undefined;
    const score = this.#watch === undefined ? null : this.#judge(event, targets, this.#watch);
    const next = this.#forecasts.map((forecasts) => forecasts.lookAhead(event));
    event.prediction = {
      targets,
      next,
      score,
      alert: this.isAlertOpen,
      model: event.model,
    } satisfies Prediction;
  }

  /** @returns the score; null while warming up */
  #judge(event: StreamEvent, targets: readonly TargetForecast[], watch: Watch): number | null {
    const { time } = event.sample;
    watch.interval.observe(time);
    watch.budget.observe(time);
    const row: Row = {
      values: event.target ?? new Float64Array(targets.length),
      time,
      count: event.seq,
      begins: event.begins,
      intervalMs: watch.interval.ms,
      errors: watch.looksAtForecasts ? this.#forecasts.flatMap((one) => one.errors(event)) : undefined,
    };
    const { strength, member } = watch.strongest(row);
    event.detector = member?.name() ?? "";
    const isWarm = event.seq - event.floor > watch.options.warmUp;
    const wasOpenSince = watch.cycle.since;
    const isQuiet = this.#quietUntil(event.sample.key, time) !== undefined;
    if (isQuiet && this.#ending === "") this.#ending = "maintenance";
    const ended = this.#ending === "" ? undefined : watch.cycle.clear();
    const endedBy = this.#ending;
    this.#ending = "";
    // One that was raised without a row (see `silent`) may be open before it is warm.
    const isReported = ended === undefined && (isWarm || watch.cycle.isOpen);
    const { score, state } = isQuiet
      ? { score: watch.cycle.rest(strength), state: undefined }
      : watch.cycle.step(strength, time, isReported);
    if (state === "raised") watch.budget.spend();
    if (ended) event.change = alertChange(ended, wasOpenSince, score, endedBy, targets);
    else if (state) {
      const since = state === "cleared" ? wasOpenSince : watch.cycle.since;
      const why = state === "cleared" ? `calm for ${watch.options.hold} events` : this.#why(targets, member);
      event.change = alertChange(state, since, score, why, targets);
    }
    return isWarm ? score : null;
  }

  /** What came beside what was expected, then what the detector says. */
  #why(targets: readonly TargetForecast[], member: Member | undefined): string {
    const words = member?.why() ?? "";
    const [first] = targets;
    if (member?.speaksOfTheForecast || first === undefined || first.lower === null || first.upper === null) {
      return words;
    }
    const expected = `${short(first.lower)} to ${short(first.upper)}`;
    return `${this.#names[0]} ${short(first.value)}, expected ${expected}; ${words}`;
  }

  write(to: ByteWriter): void {
    for (const forecasts of this.#forecasts) forecasts.write(to);
    this.#watch?.write(to);
    to.f64(this.#mutedUntil).text(this.#ending).f64(this.obeyed);
  }

  read(from: ByteReader): this {
    for (const forecasts of this.#forecasts) forecasts.read(from);
    this.#watch?.read(from);
    this.#mutedUntil = from.f64();
    this.#ending = from.text();
    this.obeyed = from.f64();
    return this;
  }
}

function alertChange(
  state: AlertState,
  since: number,
  score: number,
  why: string,
  targets: readonly TargetForecast[],
): AlertChange {
  const first = targets[0];
  return { state, since, score, value: first?.value ?? Number.NaN, forecast: first?.forecast ?? null, why };
}
