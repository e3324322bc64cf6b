import { type ByteReader, type ByteWriter, log } from "../../core/index.js";
import type { Detector, Row } from "../detector.js";
import { short } from "../words.js";
import { ResidualScale } from "./residual-scale.js";

/** Usual errors at which an alert is due... */
const THRESHOLD = 8;
/** ...if it is among the largest hundredth of the last errors: the conformal p of those that are rare. */
const RARE = 0.01;
/** A switch that hardly ever moves has no usual error to speak of: a strength beyond this says nothing more. */
const MOST = 5;

/**
 * Compares each value with what was foretold of it, at each of the horizons: a spike is far from what was foretold a step
 * before, a slow change from what was foretold many steps before. Strength is the largest |error| over 8 usual errors; of
 * an error that is not rare of late (p > 0.01 among the last 500) it is log p / log 0.01 at most: where errors have become
 * larger for good that lets go of them, while the usual error follows slowly. Memory: two numbers a target and horizon.
 */
export class ForecastDetector implements Detector {
  readonly name = "forecast";
  readonly #targets: readonly string[];
  readonly #horizons: readonly number[];
  /** [targets * horizons] */
  readonly #scales: readonly ResidualScale[];
  #why = "";

  /** @param horizons steps ahead, ascending */
  constructor(targets: readonly string[], horizons: readonly number[]) {
    this.#targets = targets;
    this.#horizons = horizons;
    this.#scales = targets.flatMap(() => horizons.map(() => new ResidualScale()));
  }

  get bytes(): number {
    return 16 * this.#scales.length;
  }

  step({ errors = [] }: Row): number | null {
    let strength: number | null = null;
    for (const { target, horizon, value, forecast, halfWidth, p } of errors) {
      const scale = this.#scales[target * this.#horizons.length + horizon];
      const deviation = scale?.deviation(value - forecast) ?? null;
      scale?.learn(value - forecast);
      if (deviation === null || halfWidth === null) continue;
      const size = Math.min(MOST, deviation / THRESHOLD);
      const own = p <= RARE ? size : Math.min(size, log(p) / log(RARE));
      if (strength !== null && own <= strength) continue;
      strength = own;
      const steps = this.#horizons[horizon] ?? 1;
      const band = `${short(forecast - halfWidth)} to ${short(forecast + halfWidth)}`;
      const when = steps === 1 ? "" : ` ${steps} steps before`;
      const name = this.#targets[target] ?? "";
      const odds = `of the last errors one in ${Math.round(1 / p)} was as large`;
      this.#why = `${name} ${short(value)}, expected${when} ${band}: ${short(deviation)} times the usual error; ${odds}`;
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
