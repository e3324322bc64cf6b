import { problem, Rng } from "../core/index.js";
import type { Pipeline } from "../spec/index.js";
import { softmax } from "../training/index.js";
import { loadModel } from "./load-model.js";

export interface GenerateOptions {
  readonly pipeline: Pipeline;
  /** Symbols to go on from. */
  readonly prompt: readonly string[];
  /** Symbols to be made. */
  readonly most: number;
  /** 0: always the likeliest; 1: as the network says; above: bolder. */
  readonly temperature: number;
  /** The symbol that ends it. */
  readonly stop?: string;
  readonly seed: number;
}

export interface Generated {
  readonly symbols: readonly string[];
  /** Of the prompt, symbols that the network does not know. */
  readonly unknown: number;
}

/**
 * Lets a language model (a class that is the next event's symbol) go on from a prompt: each symbol is drawn from
 * softmax(logits / temperature) and becomes the next input.
 *
 * Deterministic: the same seed, the same symbols, on every machine.
 *
 * @throws TypeError code `NOT_A_LANGUAGE_MODEL` for a pipeline that names something else
 */
export async function generate(options: GenerateOptions): Promise<Generated> {
  const { pipeline, prompt, most, temperature, stop, seed } = options;
  const { classes, vocabulary } = languageModel(pipeline);
  const { model: file } = pipeline;
  const model = await loadModel(file.kind === "file" ? file.file : "", { keys: pipeline.modelKeys });
  const places = new Map(vocabulary.map((symbol, place) => [symbol, place]));
  const rng = new Rng(seed);
  const state = model.initialState?.slice() ?? new Float64Array(model.stateSize);
  const output = new Float64Array(model.outputs);
  const read = async (symbol: string): Promise<void> => {
    const input = new Float64Array(model.inputs);
    input[places.get(symbol) ?? vocabulary.length] = 1;
    await model.step(output, state, input);
  };
  for (const symbol of prompt) await read(symbol);
  const symbols: string[] = [];
  while (symbols.length < most) {
    const symbol = classes[draw(output, temperature, rng)]!;
    symbols.push(symbol);
    if (symbol === stop) break;
    await read(symbol);
  }
  return { symbols, unknown: prompt.filter((symbol) => !places.has(symbol)).length };
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

function languageModel({ name, features, supervised }: Pipeline) {
  const [feature] = features;
  const vocabulary = feature?.kind === "symbol" ? feature.vocabulary : undefined;
  const isOne =
    features.length === 1 &&
    feature?.kind === "symbol" &&
    supervised?.kind === "class" &&
    supervised.field === feature.field &&
    supervised.at === "step" &&
    supervised.ahead === 1;
  if (!isOne || vocabulary === undefined || supervised.classes === undefined) {
    throw problem(TypeError, {
      code: "NOT_A_LANGUAGE_MODEL",
      action: "generate with pipeline",
      on: JSON.stringify(name),
      expected:
        "one symbol as its feature, which is its class one event ahead, and a model's file that knows both",
      found: isOne ? "no vocabulary: there is no such file" : "another feature or target",
    });
  }
  return { classes: supervised.classes, vocabulary };
}
