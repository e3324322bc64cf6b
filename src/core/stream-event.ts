import type { AlertChange, Prediction } from "./prediction.js";
import type { Sample } from "./sample.js";

/** Why an event was not stepped. */
export type Note =
  | "late"
  | "repeated"
  | "not-a-number"
  | "missing-field"
  | "wrong-type"
  | "bad-time"
  | "no-key"
  | "unreadable"
  | "too-large"
  | "too-early"
  | "retained"
  /** Eddy itself failed at it. */
  | "fault";

/**
 * One sample on its way through the pipeline. Every stage fills in its own part; nothing is removed,
 * so that a row in gives a row out. One hidden class for all events keeps the path fast.
 */
export interface StreamEvent {
  readonly sample: Sample;
  /** Place in the pipeline's log, from 1. Filled in by `sequence`. */
  position: number;
  /** Count of the key's accepted events, from 1; 0 if not stepped. Filled in by `sequence`. */
  seq: number;
  /** The key's `seq` before the first event that what is known of it was learned from: warm-ups count from it. Filled in by `sequence`. */
  floor: number;
  /** The hidden state is reset before this step. Filled in by `sequence`. */
  begins: boolean;
  /** A sequence ends with this event. Filled in by `sequence`. */
  ends: boolean;
  /** It is nothing but a mark: no values, no time step. Filled in by `sequence`. */
  isMark: boolean;
  /** Samples that features of audio are made of, where voice activity has chosen them; undefined: the sample's own. */
  heard: Float64Array | undefined;
  /** Empty if the event is stepped. Filled in by `sequence`. */
  note: Note | "";
  /** Network input x, shape [I]; of features that make several time steps of an event, or none, [k, I]. Filled in by `features`. */
  input: Float64Array | undefined;
  /** Raw target values y, shape [targets]. Filled in by `features`. */
  target: Float64Array | undefined;
  /**
   * Shape [targets * horizons]: running mean of |y[t] - y[t-h]|, the unit in which Eddy's own networks
   * forecast steps; 0 while unknown. Filled in by `features`.
   */
  scale: Float64Array | undefined;
  /**
   * Shape [targets * 2]: location and spread by which the target is scaled as a feature (0 and 1 when
   * it is not), the unit in which a user's network may forecast. Filled in by `features`.
   */
  affine: Float64Array | undefined;
  /** Of an event of the journal: the stage that failed at it then, and does so again; else empty. */
  failsIn: string;
  /** Symbols among its features that are in no vocabulary. Filled in by `features`. */
  unknown: number;
  /** Network output, shape [O], undefined before the first network. Filled in by `stepCells`. */
  output: Float64Array | undefined;
  /** Name of the checkpoint that made `output`. Filled in by `stepCells`. */
  model: string;
  /** Filled in by `detect`. */
  prediction: Prediction | undefined;
  /** Filled in by `detect` when the key's alert changed. */
  change: AlertChange | undefined;
  /** Whose evidence was the strongest; empty where none had any. Filled in by `detect`; not stored. */
  detector: string;
}

/** Wraps a sample that has just been decoded. */
export function streamEvent(sample: Sample): StreamEvent {
  return {
    sample,
    position: 0,
    seq: 0,
    floor: 0,
    begins: false,
    ends: false,
    isMark: false,
    heard: undefined,
    note: "",
    input: undefined,
    target: undefined,
    scale: undefined,
    affine: undefined,
    failsIn: "",
    unknown: 0,
    output: undefined,
    model: "naive",
    prediction: undefined,
    change: undefined,
    detector: "",
  };
}

/** What stages have handed on to one another is of no use to anybody behind them: an event may wait there for long. */
export function dropWork(event: StreamEvent): void {
  event.heard = undefined;
  event.input = undefined;
  event.target = undefined;
  event.scale = undefined;
  event.affine = undefined;
  event.output = undefined;
}
