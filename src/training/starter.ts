import type { ByteReader, ByteWriter } from "../core/index.js";
import { Ridge, ridgeForecast } from "./baselines/index.js";

/** A season's forecast stands among the inputs already. */
export interface SeasonInputs {
  /** `day-before`, `week-before`, ... */
  readonly name: string;
  /** [targets, horizons] index of the input that is (y[t + h - season] - y[t]) / scale[t]. */
  readonly inputs: readonly number[];
}

export interface StarterOptions {
  /** I */
  readonly inputs: number;
  readonly targets: number;
  /** Steps ahead, ascending. */
  readonly horizons: readonly number[];
  readonly seasons: readonly SeasonInputs[];
}

/** What one event brings. */
export interface StarterStep {
  readonly key: string;
  /** [I] */
  readonly x: Float64Array;
  /** [targets] */
  readonly y: Float64Array;
  /** [targets, horizons] usual steps; 0 while unknown. */
  readonly scale: Float64Array;
  readonly begins: boolean;
}

/** One earlier event of a key, until what it foretold has come: what it saw, and what each rule said. */
interface Waiting {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly scale: Float64Array;
  /** [rules, targets, horizons] */
  readonly said: Float64Array;
}

const PERSISTENCE = "naive";
const RIDGE = "ridge";
const PENALTY = 1e-2;
/** The ridge is solved anew after so many rows, and is not asked before there are so many for each input. */
const SOLVE_EVERY = 32;
const ROWS_PER_INPUT = 4;
/** Rules are judged by a running mean of their capped errors over about so many events. */
const MEMORY = 256;
/** Errors, and what is said, count up to so many usual steps. */
const CAP = 8;
/** Errors seen before a rule may speak, and how much less it has to err than what speaks now. */
const ENOUGH = 64;
const MARGIN = 0.97;

/**
 * Forecasts before there is a network: by persistence, by the value a season ago, or by a ridge regression on the
 * network's own inputs that learns as it goes, whichever has erred least lately, all keys together. Outputs are
 * (y[t + h] - y[t]) / scale[t], as a network's.
 *
 * Memory: (I + 2)^2 numbers for each target and horizon, and per key what was said of the longest horizon's events.
 */
export class Starter {
  readonly #options: StarterOptions;
  readonly #rules: readonly string[];
  /** [targets, horizons] */
  readonly #ridges: Ridge[];
  #weights: (Float64Array | undefined)[];
  #sinceSolved = 0;
  /** [rules] running mean error, and how many errors it knows. */
  readonly #errors: Float64Array;
  #judged = 0;
  #speaker = 0;
  #hasBegun = false;
  readonly #keys = new Map<string, Waiting[]>();

  constructor(options: StarterOptions) {
    this.#options = options;
    this.#rules = [PERSISTENCE, ...options.seasons.map(({ name }) => name), RIDGE];
    this.#ridges = Array.from({ length: this.#outputs }, () => new Ridge(options.inputs));
    this.#weights = this.#ridges.map(() => undefined);
    this.#errors = new Float64Array(this.#rules.length);
  }

  get #outputs(): number {
    return this.#options.targets * this.#options.horizons.length;
  }

  /** Nothing has come yet. */
  get isFresh(): boolean {
    return !this.#hasBegun;
  }

  /** Whose events it waits to see come true. */
  keys(): Iterable<string> {
    return this.#keys.keys();
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Which rule speaks: `naive`, `day-before`, ..., `ridge`. */
  get name(): string {
    return this.#rules[this.#speaker] ?? PERSISTENCE;
  }

  /**
   * Learns what has come true, then says what comes next.
   *
   * @returns [targets, horizons]
   */
  step(step: StarterStep): Float64Array {
    const { key, x, y, scale, begins } = step;
    this.#hasBegun = true;
    let waiting = this.#keys.get(key);
    if (waiting === undefined || begins) waiting = [];
    this.#keys.set(key, waiting);
    this.#learn(waiting, y);
    const longest = this.#options.horizons.at(-1) ?? 1;
    const n = this.#outputs;
    // What nothing waits for any more makes room: each lives for as long as its key is silent, which is costly garbage.
    const one = (waiting.length >= longest ? waiting.shift() : undefined) ?? {
      x: new Float64Array(x.length),
      y: new Float64Array(y.length),
      scale: new Float64Array(scale.length),
      said: new Float64Array(this.#rules.length * n),
    };
    one.x.set(x);
    one.y.set(y);
    one.scale.set(scale);
    this.#say(one.said, x);
    waiting.push(one);
    return one.said.slice(this.#speaker * n, (this.#speaker + 1) * n);
  }

  #learn(waiting: readonly Waiting[], y: Float64Array): void {
    const { targets, horizons } = this.#options;
    const H = horizons.length;
    const sums = new Float64Array(this.#rules.length);
    let count = 0;
    for (const [h, steps] of horizons.entries()) {
      const then = waiting[waiting.length - steps];
      if (then === undefined) continue;
      for (let j = 0; j < targets; j++) {
        const at = j * H + h;
        const unit = then.scale[at] ?? 0;
        if (!(unit > 0)) continue;
        const wanted = capped(((y[j] ?? 0) - (then.y[j] ?? 0)) / unit);
        for (let r = 0; r < sums.length; r++) {
          sums[r]! += Math.min(Math.abs(wanted - (then.said[r * this.#outputs + at] ?? 0)), CAP);
        }
        this.#ridges[at]?.add(then.x, wanted);
        count++;
      }
    }
    if (count === 0) return;
    this.#judge(sums, count);
    if (++this.#sinceSolved >= SOLVE_EVERY) this.#solve();
  }

  #judge(sums: Float64Array, count: number): void {
    this.#judged++;
    const rate = Math.max(1 / this.#judged, 1 / MEMORY);
    for (let r = 0; r < sums.length; r++) {
      this.#errors[r]! += rate * (sums[r]! / count - this.#errors[r]!);
    }
    if (this.#judged < ENOUGH) return;
    for (let r = 0; r < sums.length; r++) {
      if (this.#errors[r]! < MARGIN * this.#errors[this.#speaker]!) this.#speaker = r;
    }
  }

  #solve(): void {
    this.#sinceSolved = 0;
    const { inputs } = this.#options;
    this.#weights = this.#ridges.map((ridge) =>
      ridge.rows < ROWS_PER_INPUT * (inputs + 1) ? undefined : ridge.solve(PENALTY),
    );
  }

  /** @param said [rules, targets, horizons] overwritten */
  #say(said: Float64Array, x: Float64Array): void {
    const n = this.#outputs;
    said.fill(0);
    for (const [s, { inputs }] of this.#options.seasons.entries()) {
      for (let at = 0; at < n; at++) said[(s + 1) * n + at] = capped(x[inputs[at] ?? -1] ?? 0);
    }
    const last = (this.#rules.length - 1) * n;
    for (const [at, weights] of this.#weights.entries()) {
      if (weights) said[last + at] = capped(ridgeForecast(weights, x));
    }
  }

  /** What all keys share. */
  write(to: ByteWriter): void {
    for (const [at, ridge] of this.#ridges.entries()) {
      ridge.write(to);
      to.f64s(this.#weights[at] ?? []);
    }
    to.u32(this.#sinceSolved).f64s(this.#errors).f64(this.#judged).u32(this.#speaker);
  }

  read(from: ByteReader): this {
    for (const [at, ridge] of this.#ridges.entries()) {
      ridge.read(from);
      const weights = from.f64s();
      this.#weights[at] = weights.length > 0 ? weights : undefined;
    }
    this.#sinceSolved = from.u32();
    this.#errors.set(from.f64s());
    this.#judged = from.f64();
    this.#speaker = from.u32();
    this.#hasBegun = true;
    return this;
  }

  /** What it waits for of a key. */
  writeKey(key: string, to: ByteWriter): void {
    const waiting = this.#keys.get(key) ?? [];
    to.u32(waiting.length);
    for (const { x, y, scale, said } of waiting) to.f64s(x).f64s(y).f64s(scale).f64s(said);
  }

  readKey(key: string, from: ByteReader): void {
    const waiting = Array.from({ length: from.u32() }, () => ({
      x: from.f64s(),
      y: from.f64s(),
      scale: from.f64s(),
      said: from.f64s(),
    }));
    this.#keys.set(key, waiting);
  }

  /** Forgets what a key has seen; what was learned from it stays. */
  forget(key: string): void {
    this.#keys.delete(key);
  }
}

function capped(value: number): number {
  return Math.min(CAP, Math.max(-CAP, value));
}
