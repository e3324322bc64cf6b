import { splitText } from "../core/index.js";
import type { TextFeature } from "./feature.js";
import type { KeyFeature, Moment } from "./key-feature.js";
import { placesOf } from "./symbol-inputs.js";

/**
 * A text's symbols as time steps, [k, V + 1]: each is 1 at its symbol (one-hot), or at the last place for one that is not
 * in the vocabulary. A text may come in pieces, cut between symbols.
 */
export class TextInputs implements KeyFeature {
  readonly #feature: TextFeature;
  readonly #places: ReadonlyMap<string, number>;

  constructor(feature: TextFeature) {
    this.#feature = feature;
    this.#places = placesOf(feature);
  }

  steps(moment: Moment): Float64Array {
    const { field, split } = this.#feature;
    const symbols = splitText(moment.symbol(field), split);
    const unknown = this.#places.size;
    const input = new Float64Array(symbols.length * (unknown + 1));
    for (const [t, symbol] of symbols.entries()) {
      const place = this.#places.get(symbol);
      if (place === undefined) moment.unknown();
      input[t * (unknown + 1) + (place ?? unknown)] = 1;
    }
    return input;
  }

  /** Its time steps are its own: see `steps`. */
  step(_input: Float64Array, at: number): number {
    return at;
  }

  begin(): void {}
  write(): void {}
  read(): void {}
}
