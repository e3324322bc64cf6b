import type { Ahead, ByteReader, ByteWriter, StreamEvent, TargetForecast } from "../../core/index.js";
import type { ForecastError } from "../detector.js";
import { AdaptiveInterval } from "./adaptive-interval.js";
import { type ForecastUnit, forecastOf } from "./forecast-unit.js";
import { PendingForecasts } from "./pending-forecasts.js";

/** What was foretold of one target of one key, how far off that usually is, and what is foretold next. */
export class TargetForecasts {
  readonly #target: number;
  readonly #horizons: readonly number[];
  readonly #unit: ForecastUnit;
  readonly #pending: readonly PendingForecasts[];
  readonly #intervals: readonly AdaptiveInterval[];

  /** @param target its number */
  constructor(target: number, horizons: readonly number[], unit: ForecastUnit) {
    this.#target = target;
    this.#horizons = horizons;
    this.#unit = unit;
    this.#pending = horizons.map((horizon) => new PendingForecasts(horizon));
    this.#intervals = horizons.map(() => new AdaptiveInterval());
  }

  /** After a gap nothing that was foretold is due. */
  begin(): void {
    for (const ring of this.#pending) ring.clear();
  }

  /** What is usual is learned anew. */
  forget(): void {
    for (const interval of this.#intervals) interval.forget();
  }

  /** The value that came beside what was foretold of it, at the first horizon. */
  compare(event: StreamEvent): TargetForecast {
    const value = event.target?.[this.#target] ?? Number.NaN;
    const forecast = this.#pending[0]?.due() ?? null;
    const halfBand = this.#intervals[0]?.halfWidth ?? null;
    const known = forecast !== null && halfBand !== null;
    return {
      value,
      forecast,
      lower: known ? forecast - halfBand : null,
      upper: known ? forecast + halfBand : null,
      residual: forecast === null ? null : value - forecast,
    };
  }

  /** The value beside all that was foretold of it. */
  errors(event: StreamEvent): ForecastError[] {
    const value = event.target?.[this.#target] ?? Number.NaN;
    return this.#intervals.flatMap((interval, horizon) => {
      const forecast = this.#pending[horizon]?.due() ?? null;
      if (forecast === null) return [];
      const { halfWidth } = interval;
      return [{ target: this.#target, horizon, value, forecast, halfWidth, p: interval.p(value - forecast) }];
    });
  }

  /** Learns from the forecasts that were due, then files the new ones. */
  lookAhead(event: StreamEvent): Ahead[] {
    const value = event.target?.[this.#target] ?? Number.NaN;
    const ahead: Ahead[] = [];
    for (let h = 0; h < this.#horizons.length; h++) {
      const [pending, interval] = [this.#pending[h]!, this.#intervals[h]!];
      const due = pending.due();
      if (due !== null) interval.learn(value - due);
      const forecast = forecastOf(event, this.#unit, this.#target, this.#target * this.#horizons.length + h);
      pending.push(forecast);
      const halfBand = interval.halfWidth;
      ahead.push({
        steps: this.#horizons[h]!,
        forecast,
        lower: halfBand === null ? null : forecast - halfBand,
        upper: halfBand === null ? null : forecast + halfBand,
      });
    }
    return ahead;
  }

  write(to: ByteWriter): void {
    for (const pending of this.#pending) pending.write(to);
    for (const interval of this.#intervals) interval.write(to);
  }

  read(from: ByteReader): void {
    for (const pending of this.#pending) pending.read(from);
    for (const interval of this.#intervals) interval.read(from);
  }
}
