import type { CellKind } from "../../cells/index.js";
import { problem } from "../../core/index.js";

/** One whole sequence of T steps, and what it is. */
export interface LabelledSequence {
  /** [T, I] */
  readonly x: Float64Array;
  /** Class by number, from 0: [1] of the whole sequence, or [T] of every step, NaN where unknown. */
  readonly classes: Float64Array;
}

/** How the logits of a sequence's steps become those of its end: their mean, or the last step's. */
export type Pool = "mean" | "last";

/** What a classifier looks like. */
export interface ClassifierShape {
  readonly cell: CellKind;
  readonly hidden: number;
  readonly layers: number;
  readonly bidirectional: boolean;
  /** I */
  readonly inputs: number;
  /** [I] true for inputs that are not standardised, symbols; absent: all are. */
  readonly plain?: readonly boolean[];
  /** How many classes, O. */
  readonly classes: number;
  /** Where an output is due: at the end of a sequence, pooled as said, or at every step. */
  readonly at: "end" | "step";
  readonly pool: Pool;
}

/** How it is trained. */
export interface ClassifierRecipe {
  readonly seed: number;
  readonly epochs: number;
  /** Sequences an update learns from; lanes, where every step has its class. */
  readonly batch: number;
  /** Time steps that an update learns from, where every step has its class. */
  readonly steps: number;
  /**
   * Classes of steps are learned by whole sequences too, each from a state of zeros: of networks that read both ways, and
   * of what is to be compared with them. Default false: as one stream, the state carried on.
   */
  readonly whole?: boolean;
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

/**
 * Gives the sequences that an epoch learns from: the same every time, or each time somewhat otherwise. Epochs are
 * counted from 1.
 */
export type TrainingSequences = (epoch: number) => readonly LabelledSequence[];

/**
 * @throws RangeError code `TRAINING_JOB` when a sequence's arrays do not fit together, or a value is not finite
 */
export function checkSequences(
  sequences: readonly LabelledSequence[],
  { inputs, classes, at }: ClassifierShape,
): void {
  const refuse = (on: string, expected: string, found: string) => {
    throw problem(RangeError, { code: "TRAINING_JOB", action: "train classifier", on, expected, found });
  };
  if (sequences.length === 0) refuse("on its sequences", "at least one", "none");
  for (const [index, { x, classes: own }] of sequences.entries()) {
    const on = `on sequence ${index}`;
    const steps = x.length / inputs;
    if (!Number.isInteger(steps) || steps === 0) refuse(on, `T x ${inputs} values`, String(x.length));
    const bad = x.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) refuse(on, "finite values", `${x[bad]} at step ${Math.floor(bad / inputs)}`);
    const wanted = at === "end" ? 1 : steps;
    if (own.length !== wanted) refuse(on, `${wanted} classes`, String(own.length));
    for (const one of own) {
      const isClass = Number.isInteger(one) && one >= 0 && one < classes;
      if (!isClass && !(at === "step" && Number.isNaN(one)))
        refuse(on, `classes from 0 to ${classes - 1}`, String(one));
    }
  }
}
