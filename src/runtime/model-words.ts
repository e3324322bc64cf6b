import { readFileSync } from "node:fs";
import { decodeModel } from "../onnx/index.js";
import { type ModelWords, parseModelWords } from "../spec/index.js";

/**
 * What a model's file says of how it is to be used: a file that Eddy has trained says it all.
 *
 * @returns undefined where there is no such file, it is no ONNX model, or says nothing: who loads it says more
 * @throws SyntaxError when what it says can't be read
 */
export function readModelWords(file: string): ModelWords | undefined {
  let metadata: Readonly<Record<string, string>>;
  try {
    const { metadataProps } = decodeModel(readFileSync(file), { name: file });
    metadata = Object.fromEntries(metadataProps.map(({ key = "", value = "" }) => [key, value]));
  } catch {
    return undefined;
  }
  return parseModelWords(metadata);
}
