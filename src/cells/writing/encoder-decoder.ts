import type { Rng } from "../../core/index.js";
import type { CellKind } from "../cell.js";
import { Network } from "../network.js";
import type { NetworkShape } from "../network-shape.js";

export interface EncoderDecoderShape {
  readonly cell: CellKind;
  /** Of the encoder and of the decoder, as the layers. */
  readonly hidden: number;
  readonly layers: number;
  /** I: what the encoder reads at a step. */
  readonly inputs: number;
  /** V: symbols that the decoder knows, the stop symbol not counted: that is number V. */
  readonly symbols: number;
}

/**
 * Two networks that turn a sequence into another (Cho et al. 2014; Sutskever et al. 2014). The encoder reads x[1..T];
 * what its head gives at the last step is the summary c, [S]. The decoder starts from the state c, and sees at every
 * step the symbol before (one-hot; at first the stop symbol, as if another text had just ended) and c beside it:
 *
 *     c = W h[T] + b;   s[0] = c;   (z[k], s[k]) = decoder([onehot(y[k-1]), c], s[k-1]);   P(y[k]) = softmax(z[k])
 *
 * Without c at every step it has to carry what it was told through all symbols, and learns slowly and unevenly.
 */
export interface EncoderDecoder {
  /** I -> S */
  readonly encoder: Network;
  /** V + 1 + S -> V + 1 */
  readonly decoder: Network;
}

/** Networks of zeros: `initializeEncoderDecoder`, or fill their weights. @throws RangeError code `NETWORK_SHAPE` */
export function createEncoderDecoder(shape: EncoderDecoderShape, name = "network"): EncoderDecoder {
  const { encoder, decoder } = encoderDecoderShapes(shape);
  return { encoder: new Network(encoder, name), decoder: new Network(decoder, name) };
}

export function encoderDecoderShapes({ cell, hidden, layers, inputs, symbols }: EncoderDecoderShape): {
  readonly encoder: NetworkShape;
  readonly decoder: NetworkShape;
} {
  const state = layers * hidden * (cell === "lstm" ? 2 : 1);
  return {
    encoder: { cell, inputs, hidden, layers, outputs: state },
    decoder: { cell, inputs: symbols + 1 + state, hidden, layers, outputs: symbols + 1 },
  };
}

/** Draws first weights of both. */
export function initializeEncoderDecoder({ encoder, decoder }: EncoderDecoder, rng: Rng): void {
  encoder.initialize(rng);
  decoder.initialize(rng);
}

/**
 * What the decoder sees at a step.
 *
 * @param input    [V + 1 + S], overwritten
 * @param previous the symbol before, or V where the text begins
 * @param summary  [S]
 */
export function decoderInput(
  input: Float32Array | Float64Array,
  previous: number,
  summary: Float32Array | Float64Array,
): void {
  const first = input.length - summary.length;
  input.fill(0, 0, first);
  input[previous] = 1;
  input.set(summary, first);
}
