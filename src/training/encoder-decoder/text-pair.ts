import type { EncoderDecoderShape } from "../../cells/index.js";
import { problem } from "../../core/index.js";
import type { InputRows } from "../input-rows.js";
import { checkInputs } from "../supervised/supervised-job.js";

/** A sequence of T steps, and the text that is to be written of it. */
export interface TextPair {
  /** [T, I] */
  readonly x: InputRows;
  /** [M] symbols by number, without the stop symbol */
  readonly text: Int32Array;
}

/** What is trained: the networks, and which of the inputs stay as they are. */
export interface TextShape extends EncoderDecoderShape {
  /** [I] true for inputs that are not standardised, symbols; absent: all are. */
  readonly plain?: readonly boolean[];
}

/** How it is trained. */
export interface TextRecipe {
  readonly seed: number;
  readonly epochs: number;
  /** Pairs an update learns from. */
  readonly batch: number;
  /** At its highest, after the warm-up. */
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Of what layers give to each other and to the head, the same at all steps of a sequence. */
  readonly dropout: number;
  /** Standard deviations of what is added to the standardised inputs: to every value, and to each input of a sequence as a whole. */
  readonly noise: { readonly value: number; readonly sequence: number };
  /** Sequences are made longer or shorter by up to this share. */
  readonly stretch: number;
}

/** @throws RangeError code `TRAINING_JOB` when a pair's arrays do not fit, or a value is not finite */
export function checkPairs(pairs: readonly TextPair[], { inputs, symbols }: TextShape): void {
  const refuse = (on: string, expected: string, found: string) => {
    throw problem(RangeError, {
      code: "TRAINING_JOB",
      action: "train encoder and decoder",
      on,
      expected,
      found,
    });
  };
  if (pairs.length === 0) refuse("on pairs", "at least one", "none");
  for (const [index, { x, text }] of pairs.entries()) {
    const on = `on pair ${index}`;
    checkInputs(x, inputs, (expected, found) => refuse(on, expected, found));
    const unknown = text.find((symbol) => symbol < 0 || symbol >= symbols);
    if (unknown !== undefined) refuse(on, `symbols from 0 to ${symbols - 1}`, String(unknown));
  }
}
