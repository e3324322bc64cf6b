export { nearestPair } from "./nearest-pair.js";
export type { TextPair, TextRecipe, TextShape } from "./text-pair.js";
export { type TextScores, textScores } from "./text-scores.js";
export { type TextEpoch, trainEncoderDecoder } from "./train-encoder-decoder.js";
export { writeTexts } from "./write-texts.js";
