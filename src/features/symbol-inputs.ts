import type { SymbolFeature, SymbolsFeature, TextFeature } from "./feature.js";
import type { KeyFeature, Moment } from "./key-feature.js";

type Symbolic = SymbolFeature | SymbolsFeature | TextFeature;

/** Places of a vocabulary's symbols, made once for all keys. */
const places = new WeakMap<Symbolic, ReadonlyMap<string, number>>();

/** A symbol's place among the inputs, by its name. */
export function placesOf(feature: Symbolic): ReadonlyMap<string, number> {
  const known = places.get(feature) ?? new Map((feature.vocabulary ?? []).map((symbol, at) => [symbol, at]));
  places.set(feature, known);
  return known;
}

/**
 * A symbol as one input that is 1 among V + 1 (one-hot), a set of them as several (multi-hot): each its own, or the last
 * for those that are not in the vocabulary.
 */
export class SymbolInputs implements KeyFeature {
  readonly #feature: SymbolFeature | SymbolsFeature;
  readonly #places: ReadonlyMap<string, number>;

  constructor(feature: SymbolFeature | SymbolsFeature) {
    this.#feature = feature;
    this.#places = placesOf(feature);
  }

  step(input: Float64Array, at: number, moment: Moment): number {
    const { kind, field } = this.#feature;
    if (kind === "symbol") this.#set(input, at, moment.symbol(field), moment);
    else for (const symbol of moment.symbols(field)) this.#set(input, at, symbol, moment);
    return at + this.#places.size + 1;
  }

  #set(input: Float64Array, at: number, symbol: string, moment: Moment): void {
    const place = this.#places.get(symbol);
    if (place === undefined) moment.unknown();
    input[at + (place ?? this.#places.size)] = 1;
  }

  begin(): void {}
  write(): void {}
  read(): void {}
}
