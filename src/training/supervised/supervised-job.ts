import type { CellKind } from "../../cells/index.js";
import { problem } from "../../core/index.js";
import type { InputRows } from "../input-rows.js";
import type { Objective } from "./objective.js";

/** One whole sequence of T steps, and what is wanted of it. */
export interface LabelledSequence {
  /** [T, I] */
  readonly x: InputRows;
  /** In the objective's words: [W] of the whole sequence, or [T, W] of every step; NaN where unknown. */
  readonly target: Float64Array;
  /** What is there without a network, where there is such a thing: a rival. */
  readonly readings?: Readings;
}

/** Of a sequence, or of every step: what an instrument itself says of the value that is wanted. */
export interface Readings {
  /** The newest known; NaN where there is none yet. */
  readonly held: Float64Array;
  /** Where it says nothing, on the straight line from the one before to the one after. */
  readonly interpolated: Float64Array;
}

/** How the outputs of a sequence's steps become that of its end: their mean, or the last step's. */
export type Pool = "mean" | "last";

/** What the network looks like. */
export interface SupervisedShape {
  readonly cell: CellKind;
  readonly hidden: number;
  readonly layers: number;
  readonly bidirectional: boolean;
  /** I */
  readonly inputs: number;
  /** [I] true for inputs that are not standardised, symbols; absent: all are. */
  readonly plain?: readonly boolean[];
  /** Where an output is due: at the end of a sequence, pooled as said, or at every step. */
  readonly at: "end" | "step";
  readonly pool: Pool;
}

/** How it is trained. */
export interface SupervisedRecipe {
  readonly seed: number;
  readonly epochs: number;
  /** Sequences an update learns from; lanes, where every step has its target. */
  readonly batch: number;
  /** Time steps that an update learns from, where every step has its target. */
  readonly steps: number;
  /**
   * Targets of steps are learned by whole sequences too, each from a state of zeros: of networks that read both ways, and
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

/** Of every target, [W] each, whether it is known. */
export function knownTargets({ target }: LabelledSequence, width: number): boolean[] {
  return Array.from({ length: target.length / width }, (_, row) => !Number.isNaN(target[row * width]!));
}

/**
 * @throws RangeError code `TRAINING_JOB` when a sequence's arrays do not fit together, or a value is not finite
 */
export function checkSequences(
  sequences: readonly LabelledSequence[],
  { inputs, at }: SupervisedShape,
  { width, expected, isTarget }: Objective,
): void {
  const refuse = (on: string, expected: string, found: string) => {
    throw problem(RangeError, { code: "TRAINING_JOB", action: "train network", on, expected, found });
  };
  if (sequences.length === 0) refuse("on its sequences", "at least one", "none");
  for (const [index, { x, target }] of sequences.entries()) {
    const on = `on sequence ${index}`;
    checkInputs(x, inputs, (expected, found) => refuse(on, expected, found));
    const { steps } = x;
    const rows = at === "end" ? 1 : steps;
    if (target.length !== rows * width)
      refuse(on, `${rows} x ${width} numbers of targets`, `${target.length}`);
    for (let row = 0; row < rows; row++) {
      const own = target.subarray(row * width, (row + 1) * width);
      const isUnknown = at === "step" && own.every(Number.isNaN);
      if (!isUnknown && !isTarget(own)) refuse(on, expected, own.join(" "));
    }
  }
}

/** Refuses inputs of another network, none at all, and values that are not finite. */
export function checkInputs(
  x: InputRows,
  inputs: number,
  refuse: (expected: string, found: string) => void,
): void {
  if (x.width !== inputs || x.steps === 0) refuse(`T x ${inputs} values`, `${x.steps} x ${x.width}`);
  const bad = x.notFinite();
  if (bad !== undefined) refuse("finite values", `${bad.value} at step ${bad.step}`);
}
