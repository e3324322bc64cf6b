import type { ByteReader, ByteWriter } from "../../core/index.js";
import type { Detector, Row } from "../detector.js";
import { short } from "../words.js";
import { StuckWatch } from "./stuck-watch.js";

/** A sensor that stands still for far longer than it ever did: see `StuckWatch`. */
export class StuckDetector implements Detector {
  readonly name = "stuck";
  readonly #targets: readonly string[];
  readonly #warmUp: number;
  readonly #watches: readonly StuckWatch[];
  #value = 0;
  #strongest = 0;

  /** @param warmUp rows in which every standstill is the sensor's way */
  constructor(targets: readonly string[], warmUp: number) {
    this.#targets = targets;
    this.#warmUp = warmUp;
    this.#watches = targets.map(() => new StuckWatch());
  }

  get bytes(): number {
    return 24 * this.#watches.length;
  }

  step({ values, count }: Row): number {
    let strength = 0;
    for (const [j, watch] of this.#watches.entries()) {
      const own = watch.observe(values[j] ?? 0, count > this.#warmUp);
      if (own <= strength && j > 0) continue;
      strength = own;
      this.#strongest = j;
    }
    this.#value = values[this.#strongest] ?? 0;
    return strength;
  }

  why(): string {
    const { run, longest } = this.#watches[this.#strongest] ?? { run: 0, longest: 0 };
    const name = this.#targets[this.#strongest] ?? "";
    return `${name} stands still at ${short(this.#value)} for ${run} events, longest before ${longest}`;
  }

  release(): void {}

  write(to: ByteWriter): void {
    for (const watch of this.#watches) watch.write(to);
    to.f64(this.#value).u8(this.#strongest);
  }

  read(from: ByteReader): void {
    for (const watch of this.#watches) watch.read(from);
    this.#value = from.f64();
    this.#strongest = from.u8();
  }
}
