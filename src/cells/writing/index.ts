export {
  createEncoderDecoder,
  decoderInput,
  type EncoderDecoder,
  type EncoderDecoderShape,
  encoderDecoderShapes,
  initializeEncoderDecoder,
} from "./encoder-decoder.js";
export {
  logProbabilities,
  type OpenText,
  type SearchMethod,
  type SearchOptions,
  SymbolSearch,
  type Written,
} from "./symbol-search.js";
export { type Decoder, writeSymbols } from "./write-symbols.js";
