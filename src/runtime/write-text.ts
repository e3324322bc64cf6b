import { writeSymbols } from "../cells/index.js";
import { joinSymbols, problem, splitText, type TextSplit } from "../core/index.js";
import type { Pipeline, PipelineSearch } from "../spec/index.js";
import { loadEncoderDecoder } from "./load-encoder-decoder.js";
import { searchMethod } from "./supervised/index.js";

export interface WriteTextOptions {
  readonly pipeline: Pipeline;
  /** What the encoder reads. */
  readonly prompt: string;
  /** How it falls into symbols, where the pipeline's feature is one symbol an event. */
  readonly split: TextSplit;
  /** Absent: as the pipeline's target says. */
  readonly most?: number;
  readonly search?: PipelineSearch;
}

/** Whether a pipeline's target is a text. */
export function writesTexts({ supervised }: Pipeline): boolean {
  return supervised?.kind === "text";
}

/**
 * Writes what a pipeline whose target is a text would write of a sequence of symbols.
 *
 * @throws TypeError code `CANNOT_WRITE` for a pipeline with another target, or that reads something else
 */
export async function writeText(
  options: WriteTextOptions,
): Promise<{ readonly text: string; readonly unknown: number }> {
  const { pipeline, prompt, split, search, most } = options;
  const { name, features, supervised: target, model, modelKeys } = pipeline;
  const [feature] = features;
  const reads = feature?.kind === "symbol" || feature?.kind === "text" ? feature : undefined;
  if (target?.kind !== "text" || features.length !== 1 || reads?.vocabulary === undefined) {
    throw problem(TypeError, {
      code: "CANNOT_WRITE",
      action: "write a text with pipeline",
      on: JSON.stringify(name),
      expected: "one symbol or text as its feature, a text as its target, and a model's file that knows both",
      found:
        reads === undefined ? "another feature" : target?.kind === "text" ? "no such file" : "another target",
    });
  }
  const file = model.kind === "file" ? model.file : "";
  const { encoder, decoder } = await loadEncoderDecoder(file, modelKeys);
  const places = new Map(reads.vocabulary.map((symbol, place) => [symbol, place]));
  const symbols = splitText(prompt, reads.kind === "text" ? reads.split : split);
  const input = new Float64Array(symbols.length * encoder.inputs);
  for (const [t, symbol] of symbols.entries()) {
    input[t * encoder.inputs + (places.get(symbol) ?? places.size)] = 1;
  }
  const unknown = symbols.filter((symbol) => !places.has(symbol)).length;
  if (symbols.length === 0) return { text: "", unknown };
  const summary = Float64Array.from(encoder.run(input).slice(-encoder.outputs));
  const written = writeSymbols(decoder, summary, searchMethod(search ?? target.search), most ?? target.most);
  const { vocabulary = [] } = target;
  return {
    text: joinSymbols(
      written.symbols.map((symbol) => vocabulary[symbol]!),
      target.split,
    ),
    unknown,
  };
}
