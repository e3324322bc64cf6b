import { type ByteReader, type ByteWriter, decompose, substitute } from "../../core/index.js";

const PENALTY = 1;
const FOLDS = 4;
/** A signal that the others tell exactly is not to be scaled up without end. */
const LEAST_SD = 0.3;

/**
 * What each signal's error has to do with those of the others: the part of it that theirs don't explain (by ridge regression)
 * shows one sensor that is off, where all of them together hide it.
 *
 *     q_j = r_j - sum over k of b_jk r_k = (P r)_j / P_jj,  P = (R'R + penalty)^-1
 */
export class Relation {
  /** [d, d] P, its rows over their diagonal. */
  readonly #weights: Float64Array;
  /** [d] 1 / (sd of held-out q + 0.3) */
  readonly #gain: Float64Array;

  private constructor(weights: Float64Array, gain: Float64Array) {
    this.#weights = weights;
    this.#gain = gain;
  }

  /**
   * @param errors [rows][d] of rows that are known to be good
   * @returns the relation, and q on rows that it was not learned from (four contiguous folds)
   */
  static learn(errors: readonly Float64Array[]): {
    readonly relation: Relation;
    readonly heldOut: readonly Float64Array[];
  } {
    const d = errors[0]?.length ?? 0;
    const foldOf = (i: number) => Math.min(FOLDS - 1, Math.floor((i * FOLDS) / errors.length));
    const grams = Array.from({ length: FOLDS }, () => new Float64Array(d * d));
    for (const [i, r] of errors.entries()) accumulate(grams[foldOf(i)]!, r);
    const byFold = grams.map((_, fold) => explain(grams, fold, d));
    const apart = errors.map((r, i) => multiply(byFold[foldOf(i)]!, r));
    const gain = Float64Array.from({ length: d }, (_, j) => 1 / (deviation(apart, j) + LEAST_SD));
    const heldOut = apart.map((q) => q.map((value, j) => value * gain[j]!));
    return { relation: new Relation(explain(grams, -1, d), gain), heldOut };
  }

  get bytes(): number {
    return 8 * (this.#weights.length + this.#gain.length);
  }

  /** @returns [d] q in usual q */
  apart(r: Float64Array): Float64Array {
    return multiply(this.#weights, r).map((value, j) => value * this.#gain[j]!);
  }

  write(to: ByteWriter): void {
    to.f64s(this.#weights).f64s(this.#gain);
  }

  static read(from: ByteReader): Relation {
    return new Relation(from.f64s(), from.f64s());
  }
}

function accumulate(gram: Float64Array, r: Float64Array): void {
  const d = r.length;
  for (let i = 0; i < d; i++) for (let k = 0; k <= i; k++) gram[i * d + k]! += r[i]! * r[k]!;
}

/** From all folds but one; -1: from all. */
function explain(grams: readonly Float64Array[], without: number, d: number): Float64Array {
  const sum = new Float64Array(d * d);
  for (const [fold, gram] of grams.entries()) {
    if (fold !== without) for (let i = 0; i < sum.length; i++) sum[i]! += gram[i]!;
  }
  for (let i = 0; i < d; i++) sum[i * d + i]! += PENALTY;
  decompose(sum, d);
  const weights = new Float64Array(d * d);
  for (let j = 0; j < d; j++) {
    const unit = new Float64Array(d);
    unit[j] = 1;
    const row = substitute(sum, unit);
    weights.set(
      row.map((value) => value / row[j]!),
      j * d,
    );
  }
  return weights;
}

function multiply(weights: Float64Array, r: Float64Array): Float64Array {
  const d = r.length;
  return r.map((_, j) => {
    let sum = 0;
    for (let k = 0; k < d; k++) sum += weights[j * d + k]! * r[k]!;
    return sum;
  });
}

function deviation(rows: readonly Float64Array[], j: number): number {
  const mean = rows.reduce((sum, row) => sum + row[j]!, 0) / rows.length;
  return Math.sqrt(rows.reduce((sum, row) => sum + (row[j]! - mean) * (row[j]! - mean), 0) / rows.length);
}
