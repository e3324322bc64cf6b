import { type SearchMethod, SymbolSearch, writeSymbols } from "../cells/index.js";
import { joinSymbols, problem, Rng, splitText, type TextSplit } from "../core/index.js";
import type { Feature, Pipeline, PipelineSearch, PipelineSupervised } from "../spec/index.js";
import { loadEncoderDecoder } from "./load-encoder-decoder.js";
import { loadModel } from "./load-model.js";

export interface GenerateOptions {
  readonly pipeline: Pipeline;
  /** What to go on from, or to read. */
  readonly prompt: string;
  /** How it falls into symbols, where the pipeline's feature does not say so. */
  readonly split: TextSplit;
  /** Symbols to be made at most; absent: 100, or what the pipeline's target says. */
  readonly most?: number;
  /** Absent: drawn as the network says, or what the pipeline's target says. */
  readonly search?: PipelineSearch;
  /** The symbol that ends it. */
  readonly stop?: string;
}

export interface Generated {
  readonly text: string;
  /** Its symbols stand with spaces between them. */
  readonly split: TextSplit;
  /** It goes on from the prompt, and is not another text. */
  readonly goesOn: boolean;
  /** Of the prompt, symbols that the network does not know. */
  readonly unknown: number;
}

const MOST = 100;

/**
 * Lets a pipeline's network write. A language model (a class that is the next event's symbol) goes on from a prompt: each
 * symbol becomes the next input. An encoder reads the prompt, and its decoder writes the text of it.
 *
 * Deterministic: the same search and seed, the same symbols, on every machine.
 *
 * @throws TypeError code `CANNOT_WRITE` for a pipeline that does neither
 */
export async function generate(options: GenerateOptions): Promise<Generated> {
  const { features, supervised } = options.pipeline;
  const [feature, ...others] = features;
  const isSymbols = feature?.kind === "symbol" || feature?.kind === "text";
  if (!isSymbols || others.length > 0 || feature.vocabulary === undefined) {
    const knows = feature !== undefined && isSymbols && others.length === 0;
    throw cannotWrite(options.pipeline, knows ? "no vocabulary: there is no such file" : "other features");
  }
  if (supervised?.kind === "text") return translate(options, supervised, feature);
  if (feature.kind === "symbol" && isNext(supervised, feature.field)) {
    return goOn(options, supervised.classes ?? [], feature.vocabulary);
  }
  throw cannotWrite(options.pipeline, "another target");
}

type ClassTarget = Extract<PipelineSupervised, { readonly kind: "class" }>;
type TextTarget = Extract<PipelineSupervised, { readonly kind: "text" }>;
type Symbolic = Extract<Feature, { readonly kind: "symbol" | "text" }>;

/** The class is the next event's symbol. */
function isNext(supervised: PipelineSupervised | undefined, field: string): supervised is ClassTarget {
  return (
    supervised?.kind === "class" &&
    supervised.field === field &&
    supervised.at === "step" &&
    supervised.ahead === 1
  );
}

/** A language model's own words. */
async function goOn(
  { pipeline, prompt, split, search, most = MOST, stop }: GenerateOptions,
  classes: readonly string[],
  vocabulary: readonly string[],
): Promise<Generated> {
  const { model: file } = pipeline;
  const model = await loadModel(file.kind === "file" ? file.file : "", { keys: pipeline.modelKeys });
  const places = new Map(vocabulary.map((symbol, place) => [symbol, place]));
  const read = async (state: Float64Array, symbol: string): Promise<Float64Array> => {
    const output = new Float64Array(model.outputs);
    const input = new Float64Array(model.inputs);
    input[places.get(symbol) ?? vocabulary.length] = 1;
    await model.step(output, state, input);
    return output;
  };
  const said = splitText(prompt, split);
  const start = model.initialState?.slice() ?? new Float64Array(model.stateSize);
  let logits: Float64Array[] = [new Float64Array(model.outputs)];
  for (const symbol of said) logits = [await read(start, symbol)];
  const last = stop === undefined ? -1 : classes.indexOf(stop);
  const found = new SymbolSearch({
    method: methodOf(search ?? { kind: "sample", temperature: 1, seed: 1 }),
    ...(last < 0 ? {} : { stop: last }),
    most,
  });
  let states: Float64Array[] = [start];
  for (;;) {
    found.extend(logits);
    if (found.open.length === 0) break;
    const before = states;
    states = found.open.map(({ parent }) => before[parent]!.slice());
    logits = [];
    for (const [i, { symbols }] of found.open.entries()) {
      logits.push(await read(states[i]!, classes[symbols.at(-1)!]!));
    }
  }
  const { symbols, hasStopped } = found.best;
  const written = symbols.map((symbol) => classes[symbol]!);
  return {
    text: joinSymbols(hasStopped ? [...written, classes[last]!] : written, split),
    split,
    goesOn: true,
    unknown: said.filter((symbol) => !places.has(symbol)).length,
  };
}

/** What a decoder writes of the prompt. */
async function translate(
  { pipeline, prompt, split, search, most }: GenerateOptions,
  target: TextTarget,
  feature: Symbolic,
): Promise<Generated> {
  const { model: file } = pipeline;
  const { encoder, decoder } = await loadEncoderDecoder(
    file.kind === "file" ? file.file : "",
    pipeline.modelKeys,
  );
  const { vocabulary = [] } = feature;
  const places = new Map(vocabulary.map((symbol, place) => [symbol, place]));
  const said = splitText(prompt, feature.kind === "text" ? feature.split : split);
  const input = new Float64Array(said.length * encoder.inputs);
  for (const [t, symbol] of said.entries()) {
    input[t * encoder.inputs + (places.get(symbol) ?? vocabulary.length)] = 1;
  }
  const summary =
    said.length === 0
      ? new Float64Array(encoder.outputs)
      : Float64Array.from(encoder.run(input).slice(-encoder.outputs));
  const method = methodOf(search ?? target.search);
  const { symbols } = writeSymbols(decoder, summary, method, most ?? target.most);
  return {
    text: joinSymbols(
      symbols.map((symbol) => target.vocabulary?.[symbol] ?? ""),
      target.split,
    ),
    split: target.split,
    goesOn: false,
    unknown: said.filter((symbol) => !places.has(symbol)).length,
  };
}

function methodOf(search: PipelineSearch): SearchMethod {
  if (search.kind !== "sample") return search;
  return { kind: "sample", temperature: search.temperature, rng: new Rng(search.seed) };
}

function cannotWrite({ name }: Pipeline, found: string): TypeError {
  return problem(TypeError, {
    code: "CANNOT_WRITE",
    action: "generate with pipeline",
    on: JSON.stringify(name),
    expected:
      "one symbol or text as its feature, a target that is a text or the symbol one event ahead, and a model's file that knows both",
    found,
  });
}
