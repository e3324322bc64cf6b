/** What was foretold of one target's value in this event, and how far off it was. */
export interface TargetForecast {
  /** The value that came. */
  readonly value: number;
  /** Made `horizon` steps before it came; null while there is none. */
  readonly forecast: number | null;
  /** Ends of the interval that should hold 95 % of the values; null while warming up. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** value - forecast */
  readonly residual: number | null;
}

/** A look ahead: the value expected `steps` events of this key from now. */
export interface Ahead {
  readonly steps: number;
  readonly forecast: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** What a network that learned from recordings says of a sequence, or of a step of one: as its target is. */
export type Inference = Classification | Estimate | SymbolSet | WrittenText;

/** What it is. */
export interface Classification {
  readonly label: string;
  /** By the network, in [0, 1]. */
  readonly probability: number;
}

/** A number, as another instrument would show it. */
export interface Estimate {
  readonly estimate: number;
  /** What this event's own instrument shows; absent where there is none, or it is silent. */
  readonly value?: number;
}

/** Which symbols are in a set: those at least as likely as not. */
export interface SymbolSet {
  readonly symbols: readonly string[];
  /** Of each of these, by the network. */
  readonly probabilities: readonly number[];
}

/** What is written of a sequence. */
export interface WrittenText {
  readonly text: string;
  /** Of the whole text, by the network. */
  readonly probability: number;
}

/** The same of one step of a sequence that was read both ways, once it has ended. */
export interface StepInference {
  /** The key's event that the step was made of, and its event time, ms. */
  readonly seq: number;
  readonly time: number;
  readonly inference: Inference;
}

/** What the network and the detector say of one event. */
export interface Prediction {
  /** Of networks with a supervised target: they have no others. */
  readonly inference?: Inference;
  /** Of those that read sequences both ways and tell every step, at the end of one. */
  readonly steps?: readonly StepInference[];
  /** One per target, in the pipeline's order. */
  readonly targets: readonly TargetForecast[];
  /** One list per target: a look ahead for every horizon. */
  readonly next: readonly (readonly Ahead[])[];
  /** Anomaly score in [0, 1]; an alert is due at 0.5; null while warming up. */
  readonly score: number | null;
  /** True while an alert is open (this event's own change included). */
  readonly alert: boolean;
  /** Name of the checkpoint that forecast what is next, `naive` before the first network. */
  readonly model: string;
}

export type AlertState = "raised" | "updated" | "cleared";

/** A change of a key's alert. */
export interface AlertChange {
  readonly state: AlertState;
  /** Event time at which the alert was raised, ms. */
  readonly since: number;
  readonly score: number;
  readonly value: number;
  readonly forecast: number | null;
  /** A sentence for people: what is unusual, by how much. */
  readonly why: string;
}
