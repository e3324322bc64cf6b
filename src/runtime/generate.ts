import { type SearchMethod, SymbolSearch } from "../cells/index.js";
import { problem, Rng, sigmoid } from "../core/index.js";
import type { Pipeline } from "../spec/index.js";
import { loadModel } from "./load-model.js";

/** What stands at one place of what is generated: a symbol, or a set of them. */
export type Generable = string | readonly string[];

export interface GenerateOptions {
  readonly pipeline: Pipeline;
  /** Symbols, or sets of them, to go on from. */
  readonly prompt: readonly Generable[];
  /** How many are made. */
  readonly most: number;
  /** 0: always the likeliest; 1: as the network says; above: bolder. */
  readonly temperature: number;
  /** Of symbols: beam search instead, for the likeliest text; so many are gone on with at every step. */
  readonly beam?: number;
  /** The symbol that ends it; of sets, one that is in it. */
  readonly stop?: string;
  readonly seed: number;
}

export interface Generated {
  readonly symbols: readonly Generable[];
  /** Of the prompt, symbols that the network does not know. */
  readonly unknown: number;
}

/**
 * Lets a language model (a target that is the next event's symbol, or set of symbols) go on from a prompt: each symbol is
 * drawn from softmax(logits / temperature), or found by beam search, each symbol of a set by itself from sigmoid(logit / temperature), and becomes
 * the next input.
 *
 * Deterministic: the same seed, the same symbols, on every machine.
 *
 * @throws TypeError code `NOT_A_LANGUAGE_MODEL` for a pipeline that names something else, `NO_BEAM_OF_SETS` for a beam and
 *   sets, whose symbols are each drawn by themselves
 */
export async function generate(options: GenerateOptions): Promise<Generated> {
  const { pipeline, prompt, most, temperature, beam, stop, seed } = options;
  const { draws, names, vocabulary } = languageModel(pipeline);
  if (draws === "sets" && beam !== undefined) {
    throw problem(TypeError, {
      code: "NO_BEAM_OF_SETS",
      action: "search with a beam in pipeline",
      on: JSON.stringify(pipeline.name),
      expected: "symbols, one at a time",
      found: "sets of them, each symbol of which is drawn by itself",
    });
  }
  const { model: file } = pipeline;
  const model = await loadModel(file.kind === "file" ? file.file : "", { keys: pipeline.modelKeys });
  const places = new Map(vocabulary.map((symbol, place) => [symbol, place]));
  const rng = new Rng(seed);
  const state = model.initialState?.slice() ?? new Float64Array(model.stateSize);
  const read = async (own: Float64Array, symbols: readonly string[]): Promise<Float64Array> => {
    const input = new Float64Array(model.inputs);
    for (const symbol of symbols) input[places.get(symbol) ?? vocabulary.length] = 1;
    const output = new Float64Array(model.outputs);
    await model.step(output, own, input);
    return output;
  };
  let output: Float64Array = new Float64Array(model.outputs);
  for (const one of prompt) output = await read(state, listOf(one));
  const symbols: Generable[] = [];
  if (draws === "symbols") {
    const last = stop === undefined ? -1 : names.indexOf(stop);
    const search = new SymbolSearch({
      method: methodOf(temperature, beam, rng),
      ...(last < 0 ? {} : { stop: last }),
      most,
    });
    const { symbols: found, hasStopped } = await searched(search, state, output, (own, place) =>
      read(own, [names[place]!]),
    );
    symbols.push(...[...found, ...(hasStopped ? [last] : [])].map((place) => names[place]!));
  }
  while (draws === "sets" && symbols.length < most) {
    const drawn = drawSet(output, temperature, rng).map((place) => names[place]!);
    symbols.push(drawn);
    if (stop !== undefined && drawn.includes(stop)) break;
    output = await read(state, drawn);
  }
  return { symbols, unknown: prompt.flatMap(listOf).filter((symbol) => !places.has(symbol)).length };
}

/** Whether a pipeline's language is one of sets: how a prompt is to be read. */
export function speaksInSets({ supervised }: Pipeline): boolean {
  return supervised?.kind === "symbols";
}

function listOf(one: Generable): readonly string[] {
  return typeof one === "string" ? [one] : one;
}

function methodOf(temperature: number, beam: number | undefined, rng: Rng): SearchMethod {
  if (beam !== undefined) return { kind: "beam", width: beam };
  return temperature === 0 ? { kind: "greedy" } : { kind: "sample", temperature, rng };
}

/**
 * Runs a search over a language model.
 *
 * @param logits of the first symbol
 * @param read   a symbol in a state, which it advances; gives the logits of the next
 */
async function searched(
  search: SymbolSearch,
  state: Float64Array,
  logits: Float64Array,
  read: (state: Float64Array, place: number) => Promise<Float64Array>,
): Promise<SymbolSearch["best"]> {
  let texts = [{ state, logits }];
  for (;;) {
    search.extend(texts.map((text) => text.logits));
    if (search.open.length === 0) return search.best;
    const before = texts;
    texts = [];
    for (const { symbols, parent } of search.open) {
      const own = before[parent]!.state.slice();
      texts.push({ state: own, logits: await read(own, symbols.at(-1)!) });
    }
  }
}

/** The places of those that are in. */
function drawSet(logits: Float64Array, temperature: number, rng: Rng): number[] {
  const isIn = (logit: number) =>
    temperature === 0 ? logit >= 0 : rng.uniform() < sigmoid(logit / temperature);
  return [...logits].flatMap((logit, k) => (isIn(logit) ? [k] : []));
}

interface LanguageModel {
  readonly draws: "symbols" | "sets";
  /** Of the outputs, and of the inputs. */
  readonly names: readonly string[];
  readonly vocabulary: readonly string[];
}

function languageModel({ name, features, supervised }: Pipeline): LanguageModel {
  const [feature] = features;
  const isSame = features.length === 1 && "field" in feature! && feature.field === supervised?.field;
  if (isSame && supervised?.at === "step" && supervised.ahead === 1) {
    if (supervised.kind === "class" && feature.kind === "symbol") {
      const { classes } = supervised;
      const { vocabulary } = feature;
      if (classes && vocabulary) return { draws: "symbols", names: classes, vocabulary };
    } else if (supervised.kind === "symbols" && feature.kind === "symbols") {
      const { vocabulary: names } = supervised;
      const { vocabulary } = feature;
      if (names && vocabulary) return { draws: "sets", names, vocabulary };
    }
  }
  throw problem(TypeError, {
    code: "NOT_A_LANGUAGE_MODEL",
    action: "generate with pipeline",
    on: JSON.stringify(name),
    expected:
      "one symbol as its feature, which is its class one event ahead, or one set of symbols likewise, and a model's file that knows both",
    found: isSame ? "no vocabulary: there is no such file" : "another feature or target",
  });
}
