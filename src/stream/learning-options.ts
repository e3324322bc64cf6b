import type { CellKind } from "../cells/index.js";
import type { TrainingProgress, TuningReport } from "../training/index.js";
import type { Drift } from "./drift-stage.js";
import type { Trainer } from "./trainer.js";
import type { TrainingShape } from "./training-memory.js";

export interface LearningOptions {
  readonly cell: CellKind;
  readonly hidden: number;
  readonly layers: number;
  readonly members: number;
  readonly seed: number;
  readonly tbptt: readonly [number, number];
  readonly shape: TrainingShape;
  readonly horizons: readonly number[];
  /** The first network is trained on the first `events` events and takes effect `lead` events later. */
  readonly coldStart: { readonly events: number; readonly lead: number };
  /** Fine-tuning, when the pipeline asks for it, every so many events or so much event time. */
  readonly fineTune: { readonly events: number } | { readonly ms: number } | undefined;
  /** Fine-tuning too when the forecasts' errors have grown for good; default false. */
  readonly tunesOnDrift?: boolean;
  /** Share of one core that fine-tuning may take, in (0, 1]; a first training, for which the stream waits, takes all. */
  readonly budget: number;
  /** The stream waits for tending too, so that results don't depend on how fast this machine is: a recording's does. */
  readonly isPatient?: boolean;
  /** A log is repeated: no tending takes effect but what stands in it. */
  readonly followsLog?: boolean;
  readonly trainer: Trainer;
  readonly onLearning?: (report: LearningReport) => void;
}

/** What people are told of learning. */
export type LearningReport =
  | { readonly kind: "collecting"; readonly events: number; readonly of: number }
  | { readonly kind: "training"; readonly position: number; readonly events: number }
  | { readonly kind: "progress"; readonly progress: TrainingProgress }
  | ({ readonly kind: "drift"; readonly position: number; readonly why: string } & Drift)
  | {
      /**
       * `learned`: what is in service stays, its apprentice was judged and perhaps fine-tuned; `retired`: nothing is
       * in service any more, and the next first network is collected for.
       */
      readonly kind: "checkpoint" | "rejected" | "rolled-back" | "retired" | "learned";
      readonly position: number;
      readonly why: string;
      readonly model: string;
      /** How the work went that led to it: see `LearningDetails`. */
      readonly details?: LearningDetails;
    };

/** What is worth knowing of a training or a tuning later: plain data, kept in the log. */
export interface LearningDetails {
  /** Random numbers were drawn from it. */
  readonly seed?: number;
  /** What was learned from: events of all keys, and the event times they span, ms. */
  readonly data?: { readonly events: number; readonly fromMs: number; readonly toMs: number };
  /** Why it was done: `first`, `every`, `drift`, `request`. */
  readonly trigger?: string;
  /** Mean absolute errors on the part that validated a first training, in usual steps. */
  readonly validation?: Readonly<Record<string, number>>;
  /** Of the comparison that decided: standard errors, relative gain, events compared. */
  readonly verdict?: { readonly z: number; readonly gain: number; readonly count: number };
  /** Of a fine-tuning. */
  readonly tuning?: TuningReport;
  /** Of a first training's networks: `GradientHealth` by horizon and member. */
  readonly gradients?: unknown;
}
