import type { ByteReader, ByteWriter } from "../../core/index.js";
import type { Detector, Row } from "../detector.js";
import { short } from "../words.js";
import { ResidualScale } from "./residual-scale.js";

/** Usual errors at which an alert is due. */
const THRESHOLD = 8;

/**
 * Compares each value with what the network foretold of it, in units of the usual error (a robust residual z-score).
 * Finds spikes and jumps; a slow drift the forecast follows. Memory: a few numbers a target.
 */
export class ForecastDetector implements Detector {
  readonly name = "forecast";
  readonly #targets: readonly string[];
  readonly #threshold: number;
  readonly #scales: readonly ResidualScale[];
  #why = "";

  /** @param threshold usual errors at which an alert is due; default 8 */
  constructor(targets: readonly string[], threshold = THRESHOLD) {
    this.#targets = targets;
    this.#threshold = threshold;
    this.#scales = targets.map(() => new ResidualScale());
  }

  get bytes(): number {
    return 24 * this.#scales.length;
  }

  step({ values, forecasts = [] }: Row): number | null {
    let strength: number | null = null;
    for (const [j, scale] of this.#scales.entries()) {
      const forecast = forecasts[j] ?? null;
      if (forecast === null) continue;
      const value = values[j] ?? 0;
      const { halfBand } = scale;
      if (halfBand !== null) {
        const deviation = scale.deviation(value - forecast);
        if (strength === null || deviation / this.#threshold > strength) {
          strength = deviation / this.#threshold;
          const band = `${short(forecast - halfBand)} to ${short(forecast + halfBand)}`;
          const name = this.#targets[j] ?? "";
          this.#why = `${name} ${short(value)}, expected ${band}: ${short(deviation)} times the usual error`;
        }
      }
      scale.learn(value - forecast);
    }
    return strength;
  }

  why(): string {
    return this.#why;
  }

  release(): void {}

  write(to: ByteWriter): void {
    for (const scale of this.#scales) scale.write(to);
    to.text(this.#why);
  }

  read(from: ByteReader): void {
    for (const scale of this.#scales) scale.read(from);
    this.#why = from.text();
  }
}
