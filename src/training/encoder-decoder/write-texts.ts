import {
  type EncoderDecoder,
  KernelModel,
  networkGraph,
  type SearchMethod,
  type Written,
  writeSymbols,
} from "../../cells/index.js";
import type { TextPair } from "./text-pair.js";

/**
 * What is written of each sequence, by the kernel that steps live ones.
 *
 * @param method asked for anew for every text
 */
export function writeTexts(
  { encoder, decoder }: EncoderDecoder,
  pairs: readonly Pick<TextPair, "x">[],
  method: () => SearchMethod,
  most: number,
): Written[] {
  const reader = new KernelModel(networkGraph(encoder));
  const writer = new KernelModel(networkGraph(decoder));
  return pairs.map(({ x }) => {
    const summary = Float64Array.from(reader.run(x.toArray()).slice(-reader.outputs));
    return writeSymbols(writer, summary, method(), most);
  });
}
