import type { EncoderDecoder, SearchMethod } from "../../cells/index.js";
import { Rng, splitText } from "../../core/index.js";
import { encoderDecoderToOnnx } from "../../onnx/index.js";
import { featureWords, type PipelineSearch, type PipelineSupervised, targetWords } from "../../spec/index.js";
import {
  nearestPair,
  type Scores,
  type TextPair,
  type TextShape,
  textScores,
  trainEncoderDecoder,
  writeTexts,
} from "../../training/index.js";
import { makeInputStages } from "../stages.js";
import type { RecordedSequence } from "./recorded-sequences.js";
import { meanScores, partsOf, recipeOf, reportJson } from "./report.js";
import type { SupervisedOutcome, SupervisedReport, SupervisedTraining } from "./train-supervised.js";

type TextTarget = Extract<PipelineSupervised, { readonly kind: "text" }>;

/**
 * Trains a pipeline's encoder and decoder on recorded sequences whose texts are known, and compares them with taking the
 * text of the training sequence that is nearest.
 *
 * @throws RangeError code `TRAINING_JOB`
 */
export function trainTexts(options: SupervisedTraining, target: TextTarget): SupervisedOutcome {
  const { pipeline, training, repeat, onEpoch = () => {} } = options;
  const { features } = makeInputStages(pipeline);
  const { train, tests } = partsOf(options);
  const texts = train.map((sequence) => textOf(sequence, target));
  const vocabulary = target.vocabulary ?? [...new Set(texts.flat())].sort();
  const supervised: TextTarget = { ...target, vocabulary };
  const { cell, hidden, layers } = training;
  const { inputs, marks: plain } = features;
  const shape: TextShape = { cell, hidden, layers, inputs, symbols: vocabulary.length, plain };
  const places = new Map(vocabulary.map((symbol, at) => [symbol, at]));
  // What the network has no symbol for it can't be taught.
  const pairs = train.flatMap(({ x }, i): TextPair[] => {
    const text = Int32Array.from(texts[i]!, (symbol) => places.get(symbol) ?? -1);
    return text.includes(-1) ? [] : [{ x, text }];
  });
  const networks = Array.from({ length: repeat }, (_, run) => {
    const recipe = recipeOf(training, training.seed + run);
    return trainEncoderDecoder(shape, recipe, pairs, (epoch) => onEpoch(run, epoch));
  });
  const nearest = nearestPair(pairs, inputs, plain);
  const reports = tests.map(({ name, sequences }): SupervisedReport => {
    const right = sequences.map((sequence) => textOf(sequence, target));
    const named = (written: ArrayLike<number>) => Array.from(written, (symbol) => vocabulary[symbol]!);
    const runs = networks.map((network) => scoresOf(network, supervised, sequences, right, named));
    const copied = sequences.map(({ x }) => named(nearest(x)));
    return {
      name,
      count: right.length,
      network: meanScores(runs),
      seeds: runs.map(({ exact }) => exact ?? Number.NaN),
      rivals: { nearest: scores(copied, right) },
    };
  });
  const metadata = {
    "eddy.pipeline": pipeline.name,
    "eddy.inputs": JSON.stringify(features.names),
    "eddy.features": JSON.stringify(featureWords(pipeline.features)),
    "eddy.target": JSON.stringify(targetWords(supervised)),
    "eddy.output": "logits",
    "eddy.training": JSON.stringify({ ...training, sequences: pairs.length }),
    "eddy.test": JSON.stringify(reports.map((report) => reportJson(report, supervised))),
  };
  const [first] = networks;
  const { plain: _, ...form } = shape;
  return {
    onnx: encoderDecoderToOnnx(first!, form, metadata),
    parameters: first!.encoder.weightCount + first!.decoder.weightCount,
    supervised,
    inputNames: features.names,
    reports,
  };
}

/** The newest text that a sequence's events tell, as symbols. */
function textOf({ told }: RecordedSequence, { split }: TextTarget): string[] {
  const text = told.findLast((one) => one !== undefined);
  return splitText(typeof text === "string" ? text : "", split);
}

/** What a pipeline's search is for a text that is begun now. */
export function searchMethod(search: PipelineSearch): SearchMethod {
  if (search.kind !== "sample") return search;
  return { kind: "sample", temperature: search.temperature, rng: new Rng(search.seed) };
}

function scoresOf(
  networks: EncoderDecoder,
  { search, most }: TextTarget,
  sequences: readonly RecordedSequence[],
  right: readonly string[][],
  named: (written: ArrayLike<number>) => string[],
): Scores {
  const written = writeTexts(networks, sequences, () => searchMethod(search), most);
  return scores(
    written.map(({ symbols }) => named(symbols)),
    right,
  );
}

function scores(written: readonly string[][], right: readonly string[][]): Scores {
  const { exact, symbolErrors } = textScores(written, right);
  return { exact, symbolErrors };
}
