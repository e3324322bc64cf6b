import { problem, Rng, sigmoid } from "../core/index.js";
import type { Pipeline } from "../spec/index.js";
import { softmax } from "../training/index.js";
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
 * drawn from softmax(logits / temperature), each symbol of a set by itself from sigmoid(logit / temperature), and becomes
 * the next input.
 *
 * Deterministic: the same seed, the same symbols, on every machine.
 *
 * @throws TypeError code `NOT_A_LANGUAGE_MODEL` for a pipeline that names something else
 */
export async function generate(options: GenerateOptions): Promise<Generated> {
  const { pipeline, prompt, most, temperature, stop, seed } = options;
  const { draws, names, vocabulary } = languageModel(pipeline);
  const { model: file } = pipeline;
  const model = await loadModel(file.kind === "file" ? file.file : "", { keys: pipeline.modelKeys });
  const places = new Map(vocabulary.map((symbol, place) => [symbol, place]));
  const rng = new Rng(seed);
  const state = model.initialState?.slice() ?? new Float64Array(model.stateSize);
  const output = new Float64Array(model.outputs);
  const read = async (symbols: readonly string[]): Promise<void> => {
    const input = new Float64Array(model.inputs);
    for (const symbol of symbols) input[places.get(symbol) ?? vocabulary.length] = 1;
    await model.step(output, state, input);
  };
  for (const one of prompt) await read(listOf(one));
  const symbols: Generable[] = [];
  while (symbols.length < most) {
    const next = draws === "sets" ? drawSet(output, temperature, rng) : [draw(output, temperature, rng)];
    const drawn = next.map((place) => names[place]!);
    symbols.push(draws === "sets" ? drawn : drawn[0]!);
    if (stop !== undefined && drawn.includes(stop)) break;
    await read(drawn);
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

function draw(logits: Float64Array, temperature: number, rng: Rng): number {
  if (temperature === 0) return logits.reduce((best, logit, k) => (logit > logits[best]! ? k : best), 0);
  const probabilities = softmax(logits.map((logit) => logit / temperature));
  let left = rng.uniform();
  for (const [k, probability] of probabilities.entries()) {
    left -= probability;
    if (left < 0) return k;
  }
  return probabilities.length - 1;
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
