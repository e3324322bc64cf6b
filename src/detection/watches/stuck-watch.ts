import type { ByteReader, ByteWriter } from "../../core/index.js";

/** A run this many times as long as the longest one before (and ten more) is due an alert. */
const TIMES = 3;
const MORE = 10;

/**
 * Watches for a sensor that stands still: counts equal values in a row against the longest run that
 * was normal. A sensor whose values often repeat (a coarse one, a switch) raises its own bar.
 */
export class StuckWatch {
  #last = Number.NaN;
  #run = 0;
  #longest = 1;
  /** The run began while warming up: it is the sensor's way, however long it lasts. */
  #isNormal = true;

  get run(): number {
    return this.#run;
  }

  get longest(): number {
    return this.#longest;
  }

  /**
   * @param isWarm false while what comes is taken as the sensor's way
   * @returns run / (3 longest + 10): 1 is where an alert becomes due
   */
  observe(value: number, isWarm: boolean): number {
    if (value === this.#last) {
      this.#run++;
    } else {
      const ended = this.#run;
      this.#last = value;
      this.#run = 1;
      this.#isNormal = !isWarm;
      // A run that was due an alert was a fault, not the sensor's way: it doesn't raise the bar much.
      const due = TIMES * this.#longest + MORE;
      this.#longest = Math.max(this.#longest, ended <= due ? ended : this.#longest + 1);
    }
    if (this.#isNormal) this.#longest = Math.max(this.#longest, this.#run);
    return this.#run / (TIMES * this.#longest + MORE);
  }

  write(to: ByteWriter): void {
    to.f64(this.#last)
      .u32(this.#run)
      .u32(this.#longest)
      .u8(this.#isNormal ? 1 : 0);
  }

  read(from: ByteReader): this {
    this.#last = from.f64();
    this.#run = from.u32();
    this.#longest = from.u32();
    this.#isNormal = from.u8() === 1;
    return this;
  }
}
