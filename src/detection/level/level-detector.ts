import type { ByteReader, ByteWriter } from "../../core/index.js";
import { Kernel } from "../../kernel/index.js";
import type { Detector, Row } from "../detector.js";
import { short } from "../words.js";
import { Charts, cap, LARGEST, NORM, squared } from "./charts.js";
import { type KnownGood, learnKnownGood, residual, scale } from "./known-good.js";
import { LevelCore } from "./level-core.js";
import { LevelFeatures } from "./level-features.js";
import { Relation } from "./relation.js";
import { Standstill } from "./standstill.js";

/** A change event is followed by so many silent rows. */
const SILENT = 20;
/** So many rows over the limit, less twice those under it, are a new normal, whose measure the newest rows are. */
const NEW_NORMAL = 600;
const MEASURED = 200;
/** Larger values are taken as this: their squares still are numbers. */
const LARGEST_VALUE = 1e100;
/** A warm-up that drifts more than so many standard deviations is not to be trusted. */
const DRIFTS = 1;

export interface LevelOptions {
  /** Names of the signals, for people. */
  readonly signals: readonly string[];
  /** Rows of a key that are taken as known good, w. */
  readonly warmUp: number;
  /** Of the core; default 1. */
  readonly seed?: number;
}

/** The cores that keys share, by how many signals they have. */
export class LevelCores {
  readonly #kernel: Kernel;
  readonly #cores = new Map<string, LevelCore>();

  constructor(kernel = new Kernel()) {
    this.#kernel = kernel;
  }

  core(signals: number, seed: number): LevelCore {
    const name = `${signals} ${seed}`;
    const core = this.#cores.get(name) ?? new LevelCore(this.#kernel, signals, seed);
    this.#cores.set(name, core);
    return core;
  }
}

/**
 * Watches several signals that belong together for levels, drifts and spikes against what was known good, and holds a
 * plateau as long as it lasts: errors of a forecast of the next row, on charts of three speeds, each over a limit from
 * held-out rows: of all signals together, and of what each one's error has that the others' don't explain. Strength is
 * the largest over its limit.
 *
 * A sensor that stands still says nothing of its level: it is taken as what was foretold, so that it doesn't mislead the
 * forecasts of the others; that it stands still is for `stuck` to say.
 *
 * After 600 rows over the limit the newest are taken as a new normal.
 */
export class LevelDetector implements Detector {
  readonly name = "level";
  readonly #options: LevelOptions;
  readonly #core: LevelCore;
  readonly #d: number;
  #features: LevelFeatures;
  #waiting: Float64Array[] = [];
  #known: KnownGood | undefined;
  readonly #charts: Charts;
  /** Of one signal there is no relation. */
  #relation: Relation | undefined;
  readonly #apart: Charts;
  #isApart = false;
  /** [d] where the slow chart stood at the last change. */
  readonly #mark: Float64Array;
  readonly #still: readonly Standstill[];
  #silent = 0;
  #hasChanged = false;
  /** [features] */
  #g: Float64Array = new Float64Array(0);
  #strength = 0;
  #row: Float64Array = new Float64Array(0);
  #over = 0;
  /** The newest scaled residuals, [MEASURED][d], as a ring. */
  readonly #recent: Float64Array;
  #recentCount = 0;

  constructor(options: LevelOptions, cores: LevelCores) {
    const d = options.signals.length;
    this.#options = options;
    this.#d = d;
    this.#core = cores.core(d, options.seed ?? 1);
    this.#features = new LevelFeatures(this.#core, d);
    this.#charts = new Charts(d, NORM);
    this.#apart = new Charts(d, LARGEST);
    this.#mark = new Float64Array(d);
    this.#still = options.signals.map(() => new Standstill(options.warmUp));
    this.#recent = new Float64Array(MEASURED * d);
  }

  get bytes(): number {
    const rows = this.#waiting.length * this.#d;
    const known = this.#known ? this.#known.weights.length + 4 * this.#d : 0;
    const own = 8 * (rows + known + this.#recent.length + 2 * this.#features.size + 2 * this.#d);
    return (
      own +
      this.#d * (this.#still[0]?.bytes ?? 0) +
      this.#charts.bytes +
      this.#apart.bytes +
      (this.#relation?.bytes ?? 0)
    );
  }

  /** The level has changed with the newest row, whether or not that is over the limit. */
  get hasChanged(): boolean {
    return this.#hasChanged;
  }

  /** Why the warm-up is not to be trusted; undefined: it is, as far as can be told. */
  get warning(): string | undefined {
    const drift = this.#known?.drift ?? new Float64Array(0);
    const worst = drift.reduce((most, value, j) => (value > (drift[most] ?? 0) ? j : most), 0);
    if (!((drift[worst] ?? 0) > DRIFTS)) return undefined;
    const name = this.#options.signals[worst] ?? "";
    return `while it warmed up, ${name} drifted by ${short(drift[worst] ?? 0)} standard deviations: what is usual is known badly`;
  }

  step({ values }: Row): number | null {
    this.#hasChanged = false;
    this.#row = values.map((value) => cap(value, LARGEST_VALUE));
    const isStill = this.#still.map((signal, j) => signal.observe(this.#row[j] ?? 0));
    if (this.#known === undefined) {
      this.#waiting.push(this.#row);
      if (this.#waiting.length >= this.#options.warmUp) this.#begin();
      return null;
    }
    const known = this.#known;
    const z = scale(this.#row, known.location, known.spread);
    const r = residual(known.weights, this.#g, z);
    for (let j = 0; j < this.#d; j++) {
      if (!isStill[j]) continue;
      z[j]! -= r[j]!;
      r[j] = 0;
    }
    this.#g = this.#features.step(z).slice();
    return this.#judge(r.map((value, j) => value * (known.gain[j] ?? 0)));
  }

  #begin(): void {
    const { known, heldOut } = learnKnownGood(this.#waiting, this.#core);
    this.#known = known;
    for (const signal of this.#still) signal.learn();
    this.#charts.learn(heldOut);
    if (this.#d > 1) {
      const { relation, heldOut: apart } = Relation.learn(heldOut);
      this.#relation = relation;
      this.#apart.learn(apart);
    }
    for (const row of this.#waiting) {
      this.#g = this.#features.step(scale(row, known.location, known.spread)).slice();
    }
    this.#waiting = [];
  }

  /** @param r [d] residuals in usual errors */
  #judge(r: Float64Array): number {
    this.#recent.set(r, (this.#recentCount % MEASURED) * this.#d);
    this.#recentCount++;
    const all = this.#charts.step(r);
    const apart = this.#relation ? this.#apart.step(this.#relation.apart(r)) : 0;
    this.#isApart = apart > all;
    this.#strength = Math.max(all, apart);
    this.#watchChange();
    this.#over = Math.max(0, this.#over + (this.#strength > 1 ? 1 : -2));
    if (this.#over >= NEW_NORMAL) this.#renew();
    return this.#strength;
  }

  #watchChange(): void {
    const { slow, slowLimit } = this.#charts;
    if (this.#silent > 0) {
      this.#silent--;
      if (this.#silent === 0) this.#mark.set(slow);
      return;
    }
    const moved = squared(slow.map((value, j) => value - (this.#mark[j] ?? 0)));
    if (moved <= slowLimit) return;
    this.#hasChanged = true;
    this.#silent = SILENT;
  }

  /** The newest rows are how things are now. */
  #renew(): void {
    const d = this.#d;
    const rows = Array.from({ length: MEASURED }, (_, i) => {
      const at = (this.#recentCount + i) % MEASURED;
      return this.#recent.subarray(at * d, (at + 1) * d);
    });
    const relation = this.#relation;
    this.#charts.renew(rows);
    if (relation) this.#apart.renew(rows.map((row) => relation.apart(row)));
    this.#mark.fill(0);
    this.#over = 0;
  }

  why(): string {
    const { chart, v } = (this.#isApart ? this.#apart : this.#charts).strongest;
    const all = squared(v);
    const j = v.reduce((most, value, i) => (Math.abs(value) > Math.abs(v[most] ?? 0) ? i : most), 0);
    const share = all > 0 ? Math.round((100 * (v[j] ?? 0) * (v[j] ?? 0)) / all) : 0;
    const name = this.#options.signals[j] ?? "";
    const kind = ["has left its level", "has moved", "jumps"][chart] ?? "";
    const side = (v[j] ?? 0) > 0 ? "above" : "below";
    const doubt = this.warning === undefined ? "" : `; ${this.warning}`;
    const how = this.#isApart ? `${kind} without the others` : kind;
    return `${name} ${how}: ${short(this.#row[j] ?? 0)}, ${side} what the other signals and its past let expect (${share} % of the deviation)${doubt}`;
  }

  release(): void {}

  write(to: ByteWriter): void {
    to.u32(this.#waiting.length);
    for (const row of this.#waiting) to.f64s(row);
    const known = this.#known;
    to.u8(known ? 1 : 0);
    if (known) {
      to.f64s(known.location).f64s(known.spread).f64s(known.drift);
      to.f64s(known.weights).f64s(known.gain);
    }
    to.u8(this.#relation ? 1 : 0);
    this.#relation?.write(to);
    this.#features.write(to);
    to.f64s(this.#mark).f64s(this.#g).f64s(this.#row).f64s(this.#recent);
    this.#charts.write(to);
    this.#apart.write(to);
    to.u32(this.#silent)
      .u8(this.#hasChanged ? 1 : 0)
      .f64(this.#strength)
      .u8(this.#isApart ? 1 : 0);
    to.u32(this.#over).f64(this.#recentCount);
    for (const signal of this.#still) signal.write(to);
  }

  read(from: ByteReader): void {
    this.#waiting = Array.from({ length: from.u32() }, () => from.f64s());
    this.#known =
      from.u8() === 0
        ? undefined
        : {
            location: from.f64s(),
            spread: from.f64s(),
            drift: from.f64s(),
            weights: from.f64s(),
            gain: from.f64s(),
          };
    this.#relation = from.u8() === 0 ? undefined : Relation.read(from);
    this.#features = new LevelFeatures(this.#core, this.#d);
    this.#features.read(from);
    this.#mark.set(from.f64s());
    this.#g = from.f64s();
    this.#row = from.f64s();
    this.#recent.set(from.f64s());
    this.#charts.read(from);
    this.#apart.read(from);
    this.#silent = from.u32();
    this.#hasChanged = from.u8() === 1;
    this.#strength = from.f64();
    this.#isApart = from.u8() === 1;
    this.#over = from.u32();
    this.#recentCount = from.f64();
    for (const signal of this.#still) signal.read(from);
  }
}
