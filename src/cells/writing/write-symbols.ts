import type { RecurrentModel } from "../recurrent-model.js";
import { decoderInput } from "./encoder-decoder.js";
import { type SearchMethod, SymbolSearch, type Written } from "./symbol-search.js";

/** A decoder that steps at once: the kernel's, or the reference. */
export type Decoder = Pick<RecurrentModel, "inputs" | "outputs" | "stateSize"> & {
  step(output: Float64Array, state: Float64Array, input: Float64Array): void;
};

/**
 * Lets a decoder write a text from what an encoder has made of a sequence (see `EncoderDecoder`).
 *
 * @param summary [S], unchanged
 * @param most    symbols of the longest text
 */
export function writeSymbols(
  decoder: Decoder,
  summary: Float64Array,
  method: SearchMethod,
  most: number,
): Written {
  const stop = decoder.outputs - 1;
  const search = new SymbolSearch({ method, stop, most });
  const input = new Float64Array(decoder.inputs);
  let states = [summary];
  while (search.open.length > 0) {
    const logits: Float64Array[] = [];
    states = search.open.map(({ symbols, parent }) => {
      const state = states[parent]!.slice();
      const output = new Float64Array(decoder.outputs);
      decoderInput(input, symbols.at(-1) ?? stop, summary);
      decoder.step(output, state, input);
      logits.push(output);
      return state;
    });
    search.extend(logits);
  }
  return search.best;
}
