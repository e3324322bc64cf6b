import type { SymbolFeature } from "./feature.js";
import type { KeyFeature, Moment } from "./key-feature.js";

/** Places of a vocabulary's symbols, made once for all keys. */
const places = new WeakMap<SymbolFeature, ReadonlyMap<string, number>>();

function placesOf(feature: SymbolFeature): ReadonlyMap<string, number> {
  const known = places.get(feature) ?? new Map((feature.vocabulary ?? []).map((symbol, at) => [symbol, at]));
  places.set(feature, known);
  return known;
}

/** A symbol as one input that is 1 among V + 1 (one-hot): its own, or the last for one that is not in the vocabulary. */
export class SymbolInputs implements KeyFeature {
  readonly #field: string;
  readonly #places: ReadonlyMap<string, number>;

  constructor(feature: SymbolFeature) {
    this.#field = feature.field;
    this.#places = placesOf(feature);
  }

  step(input: Float64Array, at: number, moment: Moment): number {
    const place = this.#places.get(moment.symbol(this.#field));
    if (place === undefined) moment.unknown();
    input[at + (place ?? this.#places.size)] = 1;
    return at + this.#places.size + 1;
  }

  begin(): void {}
  write(): void {}
  read(): void {}
}
