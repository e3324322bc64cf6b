import type { Ahead, ByteReader, ByteWriter, StreamEvent, TargetForecast } from "../../core/index.js";
import { type ForecastUnit, forecastOf } from "./forecast-unit.js";
import { PendingForecasts } from "./pending-forecasts.js";
import { ResidualScale } from "./residual-scale.js";

/** What was foretold of one target of one key, how far off that usually is, and what is foretold next. */
export class TargetForecasts {
  readonly #target: number;
  readonly #horizons: readonly number[];
  readonly #unit: ForecastUnit;
  readonly #pending: readonly PendingForecasts[];
  readonly #scales: readonly ResidualScale[];

  /** @param target its number */
  constructor(target: number, horizons: readonly number[], unit: ForecastUnit) {
    this.#target = target;
    this.#horizons = horizons;
    this.#unit = unit;
    this.#pending = horizons.map((horizon) => new PendingForecasts(horizon));
    this.#scales = horizons.map(() => new ResidualScale());
  }

  /** After a gap nothing that was foretold is due. */
  begin(): void {
    for (const ring of this.#pending) ring.clear();
  }

  /** What is usual is learned anew. */
  forget(): void {
    for (const scale of this.#scales) scale.forget();
  }

  /** The value that came beside what was foretold of it, at the first horizon. */
  compare(event: StreamEvent): TargetForecast {
    const value = event.target?.[this.#target] ?? Number.NaN;
    const forecast = this.#pending[0]?.due() ?? null;
    const halfBand = this.#scales[0]?.halfBand ?? null;
    const known = forecast !== null && halfBand !== null;
    return {
      value,
      forecast,
      lower: known ? forecast - halfBand : null,
      upper: known ? forecast + halfBand : null,
      residual: forecast === null ? null : value - forecast,
    };
  }

  /** Learns from the forecasts that were due, then files the new ones. */
  lookAhead(event: StreamEvent): Ahead[] {
    const value = event.target?.[this.#target] ?? Number.NaN;
    return this.#horizons.map((steps, h) => {
      const pending = this.#pending[h];
      const scale = this.#scales[h];
      const due = pending?.due() ?? null;
      if (due !== null) scale?.learn(value - due);
      const forecast = forecastOf(event, this.#unit, this.#target, this.#target * this.#horizons.length + h);
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
    for (const pending of this.#pending) pending.write(to);
    for (const scale of this.#scales) scale.write(to);
  }

  read(from: ByteReader): void {
    for (const pending of this.#pending) pending.read(from);
    for (const scale of this.#scales) scale.read(from);
  }
}
