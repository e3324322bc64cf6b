import { decoderInput, type KernelNetwork, type Window } from "../../cells/index.js";
import type { Rng } from "../../core/index.js";
import { crossEntropyLoss } from "../cross-entropy-loss.js";
import { fillWindow, windowSteps } from "../supervised/padded-batches.js";
import type { TextPair, TextRecipe } from "./text-pair.js";

/**
 * One pass over a batch of pairs, there and back: the encoder reads, the decoder is told the right symbols before each
 * that it is to write (teacher forcing, Williams and Zipser 1989), and BPTT goes through both,
 *
 *     L = mean of -log softmax(z[k])[y[k]] over all symbols and stops,
 *     dL/dc = sum over k of dL/d(c at step k) + dL/ds[0]   ->   the encoder's last step of each pair
 */
export class PairLearner {
  /** By their number of steps: few, for they stay. */
  readonly #encoding = new Map<number, Window>();
  readonly #decoding = new Map<number, Window>();

  constructor(
    private readonly encoder: KernelNetwork,
    private readonly decoder: KernelNetwork,
    private readonly recipe: Pick<TextRecipe, "batch" | "dropout">,
    private readonly rng: Rng,
  ) {}

  /**
   * Adds the gradients of the batch to both networks'.
   *
   * @returns the mean loss, nats a symbol, and of how many
   */
  learn(pairs: readonly TextPair[]): { readonly loss: number; readonly known: number } {
    const { encoder, decoder, recipe, rng } = this;
    const longest = Math.max(...pairs.map(({ x }) => x.steps));
    const written = Math.max(...pairs.map(({ text }) => text.length + 1));
    const reading = windowOf(this.#encoding, windowSteps(longest), (steps) =>
      encoder.window(recipe.batch, steps),
    );
    const writing = windowOf(this.#decoding, windowSteps(written), (steps) =>
      decoder.window(recipe.batch, steps, { inputGradients: true }),
    );
    const dropout = { rate: recipe.dropout, rng, head: true, steady: true };

    fillWindow(reading, pairs);
    reading.forward(dropout);
    const ends = pairs.map(({ x }, b) => b * reading.steps + x.steps - 1);
    const wanted = this.#fillDecoder(writing, pairs, reading, ends);
    writing.forward(dropout);

    const gradient = new Float64Array(writing.output.length);
    const loss = crossEntropyLoss(gradient, Float64Array.from(writing.output), wanted);
    encoder.clearGradients();
    decoder.clearGradients();
    writing.dOutput.set(gradient);
    writing.backward();
    this.#backwardSummaries(writing, reading, ends);
    return { loss, known: wanted.filter((symbol) => !Number.isNaN(symbol)).length };
  }

  /** @returns [B n] the symbol that is due at each step, NaN behind a text's end */
  #fillDecoder(writing: Window, pairs: readonly TextPair[], reading: Window, ends: number[]): Float64Array {
    const { inputs, outputs, stateSize: S } = this.decoder;
    const { steps, input, initial } = writing;
    const { output } = reading;
    const stop = outputs - 1;
    const wanted = new Float64Array(writing.batch * steps).fill(Number.NaN);
    input.fill(0);
    initial.fill(0);
    for (const [b, { text }] of pairs.entries()) {
      const summary = output.subarray(ends[b]! * S, (ends[b]! + 1) * S);
      initial.set(summary, b * S);
      for (let k = 0; k <= text.length; k++) {
        const row = b * steps + k;
        decoderInput(input.subarray(row * inputs, (row + 1) * inputs), text[k - 1] ?? stop, summary);
        wanted[row] = text[k] ?? stop;
      }
    }
    return wanted;
  }

  /** What the decoder asks of the summaries is what the encoder's head is to change. */
  #backwardSummaries(writing: Window, reading: Window, ends: readonly number[]): void {
    const { inputs, stateSize: S } = this.decoder;
    const { dInput, steps } = writing;
    const first = inputs - S;
    const dInitial = new Float32Array(writing.batch * S);
    writing.gradientsBefore(dInitial, 0);
    const { dOutput } = reading;
    dOutput.fill(0);
    for (const [b, end] of ends.entries()) {
      const dSummary = dOutput.subarray(end * S, (end + 1) * S);
      for (let i = 0; i < S; i++) {
        let sum = dInitial[b * S + i]!;
        for (let k = 0; k < steps; k++) sum += dInput[(b * steps + k) * inputs + first + i]!;
        dSummary[i] = sum;
      }
    }
    reading.backward();
  }
}

function windowOf(windows: Map<number, Window>, steps: number, make: (steps: number) => Window): Window {
  const window = windows.get(steps) ?? make(steps);
  windows.set(steps, window);
  return window;
}
