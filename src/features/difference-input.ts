import type { ByteReader, ByteWriter } from "../core/index.js";
import type { DifferenceFeature } from "./feature.js";
import type { KeyFeature, Moment } from "./key-feature.js";
import { RunningScale } from "./running-scale.js";

/** A field's change since the event before, scaled; 0 at a sequence's first, whose scale learns nothing from that. */
export class DifferenceInput implements KeyFeature {
  readonly #field: string;
  readonly #scale: RunningScale;
  /** NaN at the start of a sequence. */
  #before = Number.NaN;

  constructor({ field, scale }: DifferenceFeature) {
    this.#field = field;
    this.#scale = new RunningScale(scale);
  }

  step(input: Float64Array, at: number, moment: Moment): number {
    const value = moment.number(this.#field);
    input[at] = Number.isNaN(this.#before) ? 0 : this.#scale.step(value - this.#before);
    this.#before = value;
    return at + 1;
  }

  begin(): void {
    this.#before = Number.NaN;
  }

  write(to: ByteWriter): void {
    this.#scale.write(to);
    to.f64(this.#before);
  }

  read(from: ByteReader): void {
    this.#scale.read(from);
    this.#before = from.f64();
  }
}
