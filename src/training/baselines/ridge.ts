import { type ByteReader, type ByteWriter, decompose, problem, substitute } from "../../core/index.js";

/** From where the penalty is raised if rounding asks for it, and how often. */
const LEAST_PENALTY = 1e-6;
const TRIES = 12;

/**
 * Ridge regression (Hoerl and Kennard 1970): the weights w that minimise
 *
 *     sum over rows of (w . [x; 1] - y)^2 + penalty n |w without its intercept|^2
 *
 * of inputs scaled to unit variance, so that the penalty means the same for all. Rows are added one by one;
 * memory is (I + 1)^2, whatever their number.
 */
export class Ridge {
  readonly #size: number;
  /** [I + 2, I + 2] sums of products of [x; 1; y], lower triangle. */
  readonly #sums: Float64Array;
  #rows = 0;

  /** @param inputs I */
  constructor(inputs: number) {
    this.#size = inputs + 2;
    this.#sums = new Float64Array(this.#size * this.#size);
  }

  get rows(): number {
    return this.#rows;
  }

  /** @param x [I] */
  add(x: Float64Array, y: number): void {
    const n = this.#size;
    const row = new Float64Array(n);
    row.set(x);
    row[n - 2] = 1;
    row[n - 1] = y;
    for (let i = 0; i < n; i++) {
      const value = row[i]!;
      if (value === 0) continue;
      for (let j = 0; j <= i; j++) this.#sums[i * n + j]! += value * row[j]!;
    }
    this.#rows++;
  }

  /**
   * Where inputs hardly vary and vary alike (the hour, in the first second of many keys), rounding leaves a matrix that
   * no longer is one of correlations: then the penalty is raised tenfold until there is a solution.
   *
   * @param penalty at least 0
   * @returns [I + 1] weights, the intercept last; an input that never varies gets 0
   * @throws RangeError code `RIDGE` without rows, or when they are not finite
   */
  solve(penalty: number): Float64Array {
    const isUsable = this.#rows > 0 && this.#sums.every(Number.isFinite);
    let raised = penalty;
    for (let tries = 0; isUsable && tries < TRIES; tries++) {
      const weights = this.#solution(raised);
      if (weights.every(Number.isFinite)) return weights;
      raised = 10 * Math.max(raised, LEAST_PENALTY);
    }
    throw problem(RangeError, {
      code: "RIDGE",
      action: "fit",
      on: "a ridge regression",
      expected: "rows of finite numbers",
      found: `${this.#rows} rows${this.#rows === 0 ? "" : ", some not finite"}`,
    });
  }

  #solution(penalty: number): Float64Array {
    const n = this.#size;
    const I = n - 2;
    const sums = this.#sums;
    const rows = this.#rows;
    const sum = (i: number) => sums[I * n + i]!;
    const targets = sums[(n - 1) * n + I]!;
    const scale = new Float64Array(I);
    for (let i = 0; i < I; i++) {
      const square = sums[i * n + i]!;
      const variance = (square - (sum(i) * sum(i)) / rows) / rows;
      // What rounding leaves of a constant is no variance.
      scale[i] = variance > 1e-12 * (square / rows) ? 1 / Math.sqrt(variance) : 0;
    }
    const normal = new Float64Array(I * I);
    const right = new Float64Array(I);
    for (let i = 0; i < I; i++) {
      for (let j = 0; j <= i; j++) {
        normal[i * I + j] = ((sums[i * n + j]! - (sum(i) * sum(j)) / rows) / rows) * scale[i]! * scale[j]!;
      }
      normal[i * I + i]! += penalty + (scale[i] === 0 ? 1 : 1e-10);
      right[i] = ((sums[(n - 1) * n + i]! - (sum(i) * targets) / rows) / rows) * scale[i]!;
    }
    decompose(normal, I);
    const solution = substitute(normal, right);
    const weights = new Float64Array(I + 1);
    let intercept = targets;
    for (let i = 0; i < I; i++) {
      weights[i] = solution[i]! * scale[i]!;
      intercept -= weights[i]! * sum(i);
    }
    weights[I] = intercept / rows;
    return weights;
  }

  write(to: ByteWriter): void {
    to.f64s(this.#sums).f64(this.#rows);
  }

  read(from: ByteReader): void {
    this.#sums.set(from.f64s());
    this.#rows = from.f64();
  }
}

/** w . [x; 1] */
export function ridgeForecast(weights: Float64Array, x: Float64Array): number {
  let sum = weights[x.length]!;
  for (let i = 0; i < x.length; i++) sum += weights[i]! * x[i]!;
  return sum;
}
