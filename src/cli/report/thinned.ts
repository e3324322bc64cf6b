/** One row of a key, as plots need it. Numbers that are not known are NaN. */
export interface Point {
  /** Event time, ms. */
  readonly time: number;
  /** By target. */
  readonly values: readonly number[];
  readonly forecasts: readonly number[];
  readonly lowers: readonly number[];
  readonly uppers: readonly number[];
  /** In [0, 1]. */
  readonly score: number;
  readonly isAlert: boolean;
  /** Somebody's own label in the recording says that something was wrong. */
  readonly isLabelled: boolean;
}

/** Rows that follow each other, as one: what is drawn keeps their extremes. */
export interface Stretch {
  readonly from: number;
  to: number;
  count: number;
  readonly targets: readonly {
    least: number;
    most: number;
    /** Mean of the forecasts there were, and how many. */
    forecast: number;
    forecasts: number;
    lower: number;
    upper: number;
  }[];
  score: number;
  isAlert: boolean;
  isLabelled: boolean;
}

/**
 * A series of any length in bounded memory: beyond `most` stretches each two neighbours become one. Spikes stay
 * visible, since a stretch keeps its least and its greatest value.
 */
export class Thinned {
  readonly #most: number;
  #stretches: Stretch[] = [];
  /** Rows in a stretch. */
  #width = 1;

  /** @param most stretches, an even number */
  constructor(most: number) {
    this.#most = most;
  }

  get stretches(): readonly Stretch[] {
    return this.#stretches;
  }

  add(point: Point): void {
    const last = this.#stretches.at(-1);
    if (last && last.count < this.#width) {
      merge(last, stretchOf(point));
      return;
    }
    if (this.#stretches.length === this.#most) this.#halve();
    const open = this.#stretches.at(-1);
    if (open && open.count < this.#width) merge(open, stretchOf(point));
    else this.#stretches.push(stretchOf(point));
  }

  #halve(): void {
    const all = this.#stretches;
    for (let i = 0; i + 1 < all.length; i += 2) merge(all[i]!, all[i + 1]!);
    this.#stretches = all.filter((_, i) => i % 2 === 0);
    this.#width *= 2;
  }
}

function stretchOf({ time, values, forecasts, lowers, uppers, score, ...flags }: Point): Stretch {
  const targets = values.map((value, i) => ({
    least: value,
    most: value,
    forecast: forecasts[i]!,
    forecasts: Number.isNaN(forecasts[i]) ? 0 : 1,
    lower: lowers[i]!,
    upper: uppers[i]!,
  }));
  return { from: time, to: time, count: 1, targets, score, ...flags };
}

function merge(into: Stretch, other: Stretch): void {
  into.to = other.to;
  into.count += other.count;
  into.score = larger(into.score, other.score);
  into.isAlert ||= other.isAlert;
  into.isLabelled ||= other.isLabelled;
  for (const [i, own] of into.targets.entries()) {
    const its = other.targets[i]!;
    own.least = smaller(own.least, its.least);
    own.most = larger(own.most, its.most);
    own.lower = smaller(own.lower, its.lower);
    own.upper = larger(own.upper, its.upper);
    if (its.forecasts === 0) continue;
    const count = own.forecasts + its.forecasts;
    const sum = (own.forecasts === 0 ? 0 : own.forecast * own.forecasts) + its.forecast * its.forecasts;
    own.forecast = sum / count;
    own.forecasts = count;
  }
}

/** Of two numbers, one of which may be unknown. */
function smaller(a: number, b: number): number {
  return Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b);
}

function larger(a: number, b: number): number {
  return Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b);
}
