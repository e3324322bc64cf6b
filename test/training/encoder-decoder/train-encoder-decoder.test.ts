import { describe, expect, it } from "vitest";
import { createEncoderDecoder, decoderInput, KernelNetwork, type Network } from "../../../src/cells/index.js";
import { Rng } from "../../../src/core/index.js";
import { PairLearner } from "../../../src/training/encoder-decoder/pair-learner.js";
import { editDistance } from "../../../src/training/encoder-decoder/text-scores.js";
import {
  InputRows,
  nearestPair,
  type TextPair,
  textScores,
  trainEncoderDecoder,
  writeTexts,
} from "../../../src/training/index.js";

const GREEDY = () => ({ kind: "greedy" }) as const;
const recipe = {
  seed: 1,
  epochs: 30,
  batch: 16,
  learningRate: 0.01,
  weightDecay: 0.01,
  dropout: 0,
  noise: { value: 0, sequence: 0 },
  stretch: 0,
};

/** Symbols one-hot among `V`, of other lengths, and the same backwards. */
function backwards(count: number, seed: number, V = 4): TextPair[] {
  const rng = new Rng(seed);
  return Array.from({ length: count }, () => {
    const symbols = Array.from({ length: 1 + rng.integer(4) }, () => rng.integer(V));
    const x = new Float64Array(symbols.length * V);
    for (const [t, symbol] of symbols.entries()) x[t * V + symbol] = 1;
    return { x: InputRows.from(x, V), text: Int32Array.from(symbols.reverse()) };
  });
}

const shape = { cell: "gru" as const, hidden: 24, layers: 1, inputs: 4, symbols: 4 };

/** The loss of pairs by the float64 reference, each by itself. */
function loss(
  { encoder, decoder }: { encoder: Network; decoder: Network },
  pairs: readonly TextPair[],
): number {
  let [sum, known] = [0, 0];
  for (const { x, text } of pairs) {
    const reading = encoder.window(1, x.steps);
    x.write(reading.input, 0);
    reading.forward();
    const summary = reading.output.slice(-encoder.outputs);
    const writing = decoder.window(1, text.length + 1);
    const stop = decoder.outputs - 1;
    writing.initial.set(summary);
    for (let k = 0; k <= text.length; k++) {
      const input = writing.input.subarray(k * decoder.inputs, (k + 1) * decoder.inputs);
      decoderInput(input, text[k - 1] ?? stop, summary);
    }
    writing.forward();
    for (let k = 0; k <= text.length; k++) {
      const logits = writing.output.subarray(k * decoder.outputs, (k + 1) * decoder.outputs);
      const total = logits.reduce((all, logit) => all + Math.exp(logit), 0);
      sum += Math.log(total) - logits[text[k] ?? stop]!;
      known++;
    }
  }
  return sum / known;
}

describe("PairLearner", () => {
  it.each(["rnn", "gru", "lstm"] as const)(
    "%s: its gradients, through decoder and encoder, agree with central differences of the reference's loss",
    (cell) => {
      const own = { ...shape, cell, hidden: 5, layers: 2 };
      const networks = createEncoderDecoder(own);
      const rng = new Rng(2);
      for (const { weights } of [networks.encoder, networks.decoder])
        for (const i of weights.keys()) weights[i] = Math.fround(0.4 * rng.normal());
      const pairs = backwards(3, 5);
      const kernels = [KernelNetwork.from(networks.encoder), KernelNetwork.from(networks.decoder)] as const;
      const learner = new PairLearner(...kernels, { batch: 4, dropout: 0 }, rng);
      // Windows are used again: a longer batch before must leave nothing behind.
      learner.learn(backwards(4, 6));
      expect(learner.learn(pairs).loss).toBeCloseTo(loss(networks, pairs), 5);
      const epsilon = 1e-4;
      for (const [which, { weights }] of [networks.encoder, networks.decoder].entries()) {
        const gradients = new Float32Array(weights.length);
        kernels[which]!.read("gradients", gradients);
        for (let i = 0; i < weights.length; i += 7) {
          const weight = weights[i]!;
          weights[i] = weight + epsilon;
          const above = loss(networks, pairs);
          weights[i] = weight - epsilon;
          const below = loss(networks, pairs);
          weights[i] = weight;
          expect(Math.abs(gradients[i]! - (above - below) / (2 * epsilon)), `${which}, ${i}`).toBeLessThan(
            2e-6,
          );
        }
      }
    },
  );
});

describe("trainEncoderDecoder()", () => {
  const training = backwards(600, 3);
  const tested = backwards(100, 4);

  it("learns to write sequences backwards, better than the nearest that it was taught", () => {
    const few = training.slice(0, 150);
    const networks = trainEncoderDecoder(shape, recipe, training);
    const right = tested.map(({ text }) => text);
    const written = writeTexts(networks, tested, GREEDY, 10).map(({ symbols }) => symbols);
    expect(textScores(written, right).exact).toBeGreaterThan(0.97);
    const nearest = nearestPair(few, shape.inputs);
    expect(
      textScores(
        tested.map(({ x }) => nearest(x)),
        right,
      ).exact,
    ).toBeLessThan(0.9);
  });

  it("gives the same networks from the same pairs and seed, and other ones from another", () => {
    const few = { ...recipe, epochs: 1, dropout: 0.2, noise: { value: 0.1, sequence: 0.1 }, stretch: 0.1 };
    const train = (seed: number) => trainEncoderDecoder(shape, { ...few, seed }, training.slice(0, 50));
    const [a, b, c] = [train(1), train(1), train(2)];
    expect(b.encoder.weights).toEqual(a.encoder.weights);
    expect(b.decoder.weights).toEqual(a.decoder.weights);
    expect(c.decoder.weights).not.toEqual(a.decoder.weights);
  });

  it("refuses pairs that do not fit", () => {
    const code = expect.objectContaining({ code: "TRAINING_JOB" });
    const text = Int32Array.of(0);
    const bad: TextPair[][] = [
      [],
      [{ x: InputRows.from(new Float64Array(3), 3), text }],
      [{ x: new InputRows(4), text }],
      [{ x: InputRows.from(Float64Array.of(1, 0, Number.NaN, 0), 4), text }],
      [{ x: InputRows.from(new Float64Array(4), 4), text: Int32Array.of(4) }],
    ];
    for (const pairs of bad) expect(() => trainEncoderDecoder(shape, recipe, pairs)).toThrow(code);
  });
});

describe("editDistance()", () => {
  it("counts insertions, deletions and substitutions", () => {
    for (const [a, b, edits] of [
      ["kitten", "sitting", 3],
      ["", "abc", 3],
      ["abc", "", 3],
      ["same", "same", 0],
      ["ab", "ba", 2],
    ] as const)
      expect(editDistance([...a], [...b])).toBe(edits);
  });
});
