import type { ByteReader, ByteWriter } from "../core/index.js";
import type { FieldFeature } from "./feature.js";
import type { KeyFeature, Moment } from "./key-feature.js";
import { RunningScale } from "./running-scale.js";

/** A field's value, scaled; of one that may be missing the newest, and beside it 1 where it is missing, else 0. */
export class FieldInput implements KeyFeature {
  readonly scale: RunningScale;
  readonly #field: string;
  readonly #marksMissing: boolean;
  /** The newest value of this sequence, scaled; 0 before the first. Only of a field that may be missing. */
  #newest = 0;

  constructor({ field, scale, marksMissing }: FieldFeature) {
    this.#field = field;
    this.#marksMissing = marksMissing === true;
    this.scale = new RunningScale(scale);
  }

  step(input: Float64Array, at: number, moment: Moment): number {
    if (!this.#marksMissing) {
      input[at] = this.scale.step(moment.number(this.#field));
      return at + 1;
    }
    const value = moment.numberIfAny(this.#field);
    if (value !== undefined) this.#newest = this.scale.step(value);
    input[at] = this.#newest;
    input[at + 1] = value === undefined ? 1 : 0;
    return at + 2;
  }

  begin(): void {
    this.#newest = 0;
  }

  write(to: ByteWriter): void {
    this.scale.write(to);
    if (this.#marksMissing) to.f64(this.#newest);
  }

  read(from: ByteReader): void {
    this.scale.read(from);
    if (this.#marksMissing) this.#newest = from.f64();
  }
}
