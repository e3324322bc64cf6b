import type { ByteReader, ByteWriter } from "../core/index.js";
import type { FieldFeature } from "./feature.js";
import type { KeyFeature, Moment } from "./key-feature.js";
import { RunningScale } from "./running-scale.js";

/** A field's value, scaled. */
export class FieldInput implements KeyFeature {
  readonly scale: RunningScale;
  readonly #field: string;

  constructor({ field, scale }: FieldFeature) {
    this.#field = field;
    this.scale = new RunningScale(scale);
  }

  step(input: Float64Array, at: number, moment: Moment): number {
    input[at] = this.scale.step(moment.number(this.#field));
    return at + 1;
  }

  begin(): void {}

  write(to: ByteWriter): void {
    this.scale.write(to);
  }

  read(from: ByteReader): void {
    this.scale.read(from);
  }
}
