import type { ByteReader, ByteWriter } from "../core/index.js";
import type { VectorFeature } from "./feature.js";
import type { KeyFeature, Moment } from "./key-feature.js";
import { RunningScale } from "./running-scale.js";

/** A field's numbers, each scaled by itself. */
export class VectorInputs implements KeyFeature {
  readonly #field: string;
  readonly #scales: readonly RunningScale[];

  constructor({ field, size, scale }: VectorFeature) {
    this.#field = field;
    this.#scales = Array.from({ length: size }, () => new RunningScale(scale));
  }

  step(input: Float64Array, at: number, moment: Moment): number {
    const vector = moment.vector(this.#field, this.#scales.length);
    for (const [i, scale] of this.#scales.entries()) input[at + i] = scale.step(vector[i]!);
    return at + vector.length;
  }

  begin(): void {}

  write(to: ByteWriter): void {
    for (const scale of this.#scales) scale.write(to);
  }

  read(from: ByteReader): void {
    for (const scale of this.#scales) scale.read(from);
  }
}
