import type { Evidence, Verdict } from "./gate.js";
import type { LayerReach } from "./gradient-reach.js";
import type { TrainingSequence } from "./training-job.js";

/** One key's newest history, for a forecaster in service. */
export interface TendedSequence extends TrainingSequence {
  /** Events at its end that nothing was judged on yet. */
  readonly fresh: number;
  readonly recent: number;
  /** Usual time between events, ms; 0 where nobody knows. */
  readonly intervalMs: number;
}

/**
 * What tending a forecaster in service takes: its apprentice, which is fine-tuned on all that comes and is
 * judged on what it has not seen yet, and the one that was in service before. Plain data, so that it can
 * cross to a worker thread.
 */
export interface TendJob {
  readonly targets: number;
  readonly horizons: readonly number[];
  readonly sequences: readonly TendedSequence[];
  /** `forecasterToBytes` */
  readonly service: Uint8Array;
  /** `apprenticeToBytes`; absent: it begins as what is in service. */
  readonly apprentice?: Uint8Array;
  /** `forecasterToBytes` of what the one in service replaced; absent: nothing to roll back to. */
  readonly previous?: Uint8Array;
  /** Of the apprentice against the one in service, so far. */
  readonly evidence: Evidence;
  /** Of the one before against the one in service, since it was replaced. */
  readonly regrets: Evidence;
  /** Whether to fine-tune the apprentice, after it was judged. */
  readonly tune?: { readonly seed: number; readonly unused: readonly number[] };
}

/** What came of it: plain data. */
export interface TendResult {
  /**
   * `promoted`: the apprentice, as it was judged, comes into service; `rolled-back`: the one before comes back;
   * `retired`: what is in service errs more than naive forecasts do, and nothing better is known.
   */
  readonly decision: "promoted" | "rolled-back" | "retired" | "none";
  /** Of the decision, or of the apprentice if there is none. */
  readonly verdict: Verdict;
  /** `forecasterToBytes` of what comes into service; empty without a decision. */
  readonly forecaster: Uint8Array;
  readonly apprentice: Uint8Array;
  readonly evidence: Evidence;
  readonly regrets: Evidence;
  /** Of the fine-tuning; absent if there was none. */
  readonly tuning?: TuningReport;
  /** For people. */
  readonly why: string;
}

export interface TuningReport {
  readonly updates: number;
  /** Mean loss of the updates, in usual steps (Huber). */
  readonly loss: number;
  /** Global norm before clipping: median and largest. */
  readonly gradientNorm: { readonly median: number; readonly largest: number };
  readonly clipped: number;
  /** Updates that were not finite: they changed nothing. */
  readonly refused: number;
  /** The loss ran away, and the apprentice began anew from what is in service. */
  readonly diverged: boolean;
  /** How far back its gradients reach, by layer from the lowest: of the first network where several were tuned. */
  readonly layers: readonly LayerReach[];
  /** What to do about it, in words; empty when all is well. */
  readonly advice: readonly string[];
}
