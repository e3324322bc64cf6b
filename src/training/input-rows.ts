import { problem } from "../core/index.js";

/** An input that is not zero, and where it stands. */
export interface Input {
  readonly value: number;
  readonly step: number;
}

/**
 * The inputs of T steps, [T, I], of which only what is not zero is kept: symbols, of which a million are some megabytes
 * instead of a gigabyte of zeros.
 */
export class InputRows {
  /** I */
  readonly width: number;
  /** T */
  steps = 0;
  #count = 0;
  /** [T + 1] where each step's begin */
  #starts = new Uint32Array(2);
  #values = new Float64Array(1);
  #columns = new Uint32Array(1);

  constructor(width: number) {
    this.width = width;
  }

  /**
   * @param rows [T, I]
   * @throws RangeError code `INPUT_ROWS`
   */
  static from(rows: Float64Array, width: number): InputRows {
    return new InputRows(width).append(rows);
  }

  /**
   * Adds steps.
   *
   * @param rows [k, I], copied
   * @throws RangeError code `INPUT_ROWS` unless k is a whole number
   */
  append(rows: Float64Array): this {
    const { width } = this;
    if (rows.length % width !== 0) {
      throw problem(RangeError, {
        code: "INPUT_ROWS",
        action: "add steps",
        on: "to inputs",
        expected: `T x ${width} values`,
        found: String(rows.length),
      });
    }
    const steps = rows.length / width;
    const found = rows.reduce((sum, value) => (value === 0 ? sum : sum + 1), 0);
    this.#grow(this.steps + steps + 1, this.#count + found);
    for (let row = 0; row < steps; row++) {
      for (let i = 0; i < width; i++) {
        const value = rows[row * width + i]!;
        if (value === 0) continue;
        this.#values[this.#count] = value;
        this.#columns[this.#count++] = i;
      }
      this.#starts[++this.steps] = this.#count;
    }
    return this;
  }

  /** Adds another's steps. */
  join(other: InputRows): this {
    const begin = this.#count;
    const { steps } = other;
    this.#grow(this.steps + steps + 1, begin + other.#count);
    this.#values.set(other.#values.subarray(0, other.#count), begin);
    this.#columns.set(other.#columns.subarray(0, other.#count), begin);
    for (let step = 1; step <= steps; step++) this.#starts[this.steps + step] = begin + other.#starts[step]!;
    this.steps += steps;
    this.#count += other.#count;
    return this;
  }

  /** Adds steps of zeros. */
  pad(steps: number): this {
    this.#grow(this.steps + steps + 1, this.#count);
    this.#starts.fill(this.#count, this.steps + 1, this.steps + steps + 1);
    this.steps += steps;
    return this;
  }

  /**
   * Writes steps [from, to), zeros and all.
   *
   * @param rows [to - from, I] from element `at` on, overwritten
   */
  write(rows: Float32Array | Float64Array, at: number, from = 0, to = this.steps): void {
    const { width } = this;
    rows.fill(0, at, at + (to - from) * width);
    for (let step = from; step < to; step++) {
      const row = at + (step - from) * width;
      for (let i = this.#starts[step]!; i < this.#starts[step + 1]!; i++) {
        rows[row + this.#columns[i]!] = this.#values[i]!;
      }
    }
  }

  /** [to - from, I] */
  toArray(from = 0, to = this.steps): Float64Array {
    const rows = new Float64Array((to - from) * this.width);
    this.write(rows, 0, from, to);
    return rows;
  }

  /** Every step's inputs, [I], in an array that the next one overwrites. */
  *rows(): Generator<Float64Array> {
    const row = new Float64Array(this.width);
    for (let step = 0; step < this.steps; step++) {
      this.write(row, 0, step, step + 1);
      yield row;
    }
  }

  /** The same steps with other inputs, zeros among them too. */
  map(change: (value: number, input: number) => number): InputRows {
    const changed = new InputRows(this.width);
    for (const row of this.rows()) changed.append(row.map(change));
    return changed;
  }

  /** The first that is neither a number nor zero. */
  notFinite(): Input | undefined {
    for (let step = 0; step < this.steps; step++) {
      for (let i = this.#starts[step]!; i < this.#starts[step + 1]!; i++) {
        const value = this.#values[i]!;
        if (!Number.isFinite(value)) return { value, step };
      }
    }
    return undefined;
  }

  /** Twice as much room as it had, when there is too little. */
  #grow(starts: number, values: number): void {
    if (starts > this.#starts.length) {
      const grown = new Uint32Array(Math.max(starts, 2 * this.#starts.length));
      grown.set(this.#starts);
      this.#starts = grown;
    }
    if (values > this.#values.length) {
      const room = Math.max(values, 2 * this.#values.length);
      const [grown, columns] = [new Float64Array(room), new Uint32Array(room)];
      grown.set(this.#values);
      columns.set(this.#columns);
      this.#values = grown;
      this.#columns = columns;
    }
  }
}
