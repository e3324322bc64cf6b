import { type ByteReader, type ByteWriter, log, problem } from "../../core/index.js";
import type { DriftDetector } from "./drift-detector.js";

/** Buckets of one size before the two oldest are merged. */
const MOST = 5;
/** Looks for a cut after so many values: each look costs a pass over the buckets. */
const EVERY = 32;
/** Shortest part of the window that is compared. */
const SHORTEST = 5;

/** Buckets of 2^row values, the oldest first. */
class Row {
  length = 0;
  /** Sums of the buckets' values. */
  readonly sums = new Float64Array(MOST + 1);
  /** Sums of squared deviations from a bucket's mean. */
  readonly spreads = new Float64Array(MOST + 1);

  push(sum: number, spread: number): void {
    this.sums[this.length] = sum;
    this.spreads[this.length] = spread;
    this.length++;
  }

  dropOldest(count: number): void {
    this.length -= count;
    for (let i = 0; i < this.length; i++) {
      this.sums[i] = this.sums[i + count]!;
      this.spreads[i] = this.spreads[i + count]!;
    }
  }
}

/**
 * ADWIN, the adaptive window (Bifet and Gavaldà 2007, "Learning from time-changing data with adaptive
 * windowing", version 2): remembers the values since the last change, in O(log n) buckets of doubling
 * sizes, and drops the oldest as long as some cut parts the window into two whose means differ by more than
 *
 *     sqrt(2 / m s^2 d) + 2 / (3 m) d,   1/m = 1/n0 + 1/n1,   d = ln(2 ln n / delta)
 *
 * s^2 the variance in the window. The chance of a false alarm is at most delta at each look if the values
 * lie in [0, 1]; others work in practice, if they are scaled to about that.
 */
export class Adwin implements DriftDetector {
  readonly #delta: number;
  #rows = [new Row()];
  #count = 0;
  #sum = 0;
  #spread = 0;
  #sinceLook = 0;

  /** @param delta confidence; smaller is slower and surer */
  constructor(delta = 0.002) {
    this.#delta = delta;
  }

  /** Values remembered. */
  get width(): number {
    return this.#count;
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  learn(x: number): boolean {
    this.#insert(x);
    if (++this.#sinceLook < EVERY) return false;
    this.#sinceLook = 0;
    let hasChanged = false;
    while (this.#hasCut()) {
      this.#dropOldest();
      hasChanged = true;
    }
    return hasChanged;
  }

  #insert(x: number): void {
    if (this.#count > 0) {
      const deviation = x - this.mean;
      this.#spread += (deviation * deviation * this.#count) / (this.#count + 1);
    }
    this.#sum += x;
    this.#count++;
    this.#rows[0]!.push(x, 0);
    for (let row = 0; this.#rows[row]!.length > MOST; row++) {
      const size = sizeOf(row);
      const own = this.#rows[row]!;
      const [a, b] = [own.sums[0]!, own.sums[1]!];
      const apart = (a - b) / size;
      if (this.#rows.length === row + 1) this.#rows.push(new Row());
      const within = own.spreads[0]! + own.spreads[1]!;
      this.#rows[row + 1]!.push(a + b, within + (apart * apart * size) / 2);
      own.dropOldest(2);
    }
  }

  /** Whether the means on the two sides of some boundary between buckets differ too much. */
  #hasCut(): boolean {
    const n = this.#count;
    if (n < 2 * SHORTEST) return false;
    const d = log((2 * log(n)) / this.#delta);
    const variance = this.#spread / n;
    let oldCount = 0;
    let oldSum = 0;
    for (let row = this.#rows.length - 1; row >= 0; row--) {
      const { length, sums } = this.#rows[row]!;
      for (let i = 0; i < length; i++) {
        oldCount += sizeOf(row);
        oldSum += sums[i]!;
        const newCount = n - oldCount;
        if (newCount < SHORTEST) return false;
        if (oldCount < SHORTEST) continue;
        const apart = oldSum / oldCount - (this.#sum - oldSum) / newCount;
        const overM = 1 / (oldCount - SHORTEST + 1) + 1 / (newCount - SHORTEST + 1);
        if (Math.abs(apart) > Math.sqrt(2 * overM * variance * d) + (2 / 3) * overM * d) return true;
      }
    }
    return false;
  }

  #dropOldest(): void {
    const row = this.#rows.length - 1;
    const size = sizeOf(row);
    const oldest = this.#rows[row]!;
    const [sum, spread] = [oldest.sums[0]!, oldest.spreads[0]!];
    oldest.dropOldest(1);
    this.#count -= size;
    this.#sum -= sum;
    const apart = sum / size - this.mean;
    const between = (apart * apart * size * this.#count) / (size + this.#count);
    this.#spread = Math.max(0, this.#spread - spread - between);
    while (this.#rows.length > 1 && this.#rows.at(-1)!.length === 0) this.#rows.pop();
  }

  write(to: ByteWriter): void {
    to.f64(this.#count).f64(this.#sum).f64(this.#spread).u8(this.#sinceLook).u8(this.#rows.length);
    for (const { length, sums, spreads } of this.#rows) {
      to.f64s(Float64Array.from({ length: 2 * length }, (_, i) => (i % 2 === 0 ? sums : spreads)[i >> 1]!));
    }
  }

  /** @throws RangeError code `STATE_CORRUPT`; it is then as it was */
  read(from: ByteReader): void {
    const [count, sum, spread, sinceLook] = [from.f64(), from.f64(), from.f64(), from.u8()];
    const rows = Array.from({ length: from.u8() }, () => readRow(from));
    const found = rows.reduce((values, { length }, row) => values + length * sizeOf(row), 0);
    if (rows.length === 0 || found !== count) {
      throw corrupt(`${count} values in buckets`, `${rows.length} sizes of buckets with ${found} values`);
    }
    this.#rows = rows;
    this.#count = count;
    this.#sum = sum;
    this.#spread = spread;
    this.#sinceLook = sinceLook;
  }
}

/** Values of a bucket. */
function sizeOf(row: number): number {
  return 1 << row;
}

function readRow(from: ByteReader): Row {
  const numbers = from.f64s();
  if (numbers.length % 2 !== 0 || numbers.length > 2 * MOST) {
    throw corrupt(`at most ${MOST} buckets of a size, two numbers each`, `${numbers.length} numbers`);
  }
  const row = new Row();
  for (let i = 0; i < numbers.length; i += 2) row.push(numbers[i]!, numbers[i + 1]!);
  return row;
}

function corrupt(expected: string, found: string): RangeError {
  return problem(RangeError, {
    code: "STATE_CORRUPT",
    action: "read",
    on: "the window of ADWIN",
    expected,
    found,
  });
}
