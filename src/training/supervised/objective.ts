import type { Network } from "../../cells/index.js";
import type { Loss } from "../loss.js";
import type { LabelledSequence } from "./supervised-job.js";

/** By name; which way each is better is said where they are made. */
export type Scores = Readonly<Record<string, number>>;

/** What a network has to beat: outputs of each target, [N, O] in parts as the sequences'. */
export type Rival = (sequences: readonly LabelledSequence[]) => Float64Array[];

/**
 * What a network's outputs stand for, and how they are judged: all in which a class, a value and a set of symbols
 * differ while they are learned. A target is told in W numbers, the network has O outputs for it.
 */
export interface Objective<S extends Scores = Scores> {
  /** O */
  readonly outputs: number;
  /** W */
  readonly width: number;
  /** Mean over all known targets, of outputs [N, O] and targets [N, W] as `forLoss` gives them. */
  readonly loss: Loss;
  /** What targets are, for people. */
  readonly expected: string;
  /** Whether [W] numbers tell a target. */
  readonly isTarget: (target: Float64Array) => boolean;
  /** Targets as the loss takes them, in units that suit learning. */
  forLoss(target: Float64Array): Float64Array;
  /** Prepares a network that begins to learn: where its head starts. */
  begin(network: Network): void;
  /** Lets one that has learned give outputs in the target's own units. */
  end(network: Network): void;
  /**
   * @param outputs [N, O] in parts of any size
   * @param targets [N, W] in parts alike; NaN where unknown: not judged
   */
  scores(outputs: readonly Float64Array[], targets: readonly Float64Array[]): Judged<S>;
}

/** Scores, and over how many targets. */
export interface Judged<S extends Scores = Scores> {
  readonly scores: S;
  readonly count: number;
}
