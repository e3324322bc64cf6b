import type { DETECTORS } from "./format-anomaly.js";
import type { FullDocument } from "./full-document.js";
import type { Feature } from "./pipeline-feature.js";
import type { PipelineSupervised } from "./pipeline-target.js";
import type { PipelineTest } from "./pipeline-test.js";

/** By event time, or by count of events. */
export type Every = { readonly ms: number } | { readonly events: number };

export interface PipelineInput {
  readonly topics: readonly string[];
  /** Of the subscriptions. */
  readonly qos: 1 | 2;
  readonly codec: "json" | "cbor" | "text" | "senml" | "influx" | "sparkplug" | "float32" | "pcm16";
  /** A key template, for `parseKeyTemplate`. */
  readonly key: string;
  /** Field with the event time; absent: time of arrival. */
  readonly time?: string;
  readonly timeUnit: "auto" | "iso8601" | "s" | "ms";
  /** IANA name. */
  readonly zone: string;
  /** Field with the event's own id. */
  readonly id?: string;
  readonly retained: "ignore" | "step";
  readonly maxAheadMs: number;
  readonly maxBytes: number;
}

export interface PipelineBroker {
  readonly url?: string;
  readonly username?: string;
  readonly password?: string;
  /** Files, beside the pipeline's if that is known: the password, and PEM texts for TLS. */
  readonly passwordFile?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Absent: 30 seconds. */
  readonly keepAliveMs?: number;
}

/** Where a mark of a sequence stands: in a field of an event, or it is a message on a topic. */
export type MarkSource = string | { readonly topic: string };

export interface PipelineSequence {
  /** Absent: state is carried over any pause. */
  readonly gapMs?: number;
  /** Absent: no key is let go. */
  readonly expireMs?: number;
  /** What marks a sequence's first and last event. */
  readonly start?: MarkSource;
  /** true: every event is a sequence of its own, or the last of one that `start` began. */
  readonly end?: MarkSource | true;
  /** Sequences of audio begin and end by its loudness. */
  readonly voice?: {
    readonly thresholdDb: number;
    readonly openMs: number;
    readonly closeMs: number;
    readonly leadMs: number;
  };
  readonly late: "step" | "drop";
}

/** Eddy's own network, trained on the pipeline's first events. */
export interface BuiltInModel {
  readonly kind: "built-in";
  readonly cell: "rnn" | "gru" | "lstm";
  readonly hidden: number;
  readonly layers: number;
  /** Networks for each horizon, whose mean is the forecast. */
  readonly members: number;
  /** Events ahead, ascending. */
  readonly horizons: readonly number[];
  readonly seed: number;
  readonly coldStart: { readonly events: number; readonly lead: number };
}

/** A network of the user's. */
export interface FileModel {
  readonly kind: "file";
  /** Beside the pipeline's file, if that is known. */
  readonly file: string;
  /** Events ahead, ascending. */
  readonly horizons: readonly number[];
  /**
   * What its output means: the value, the value scaled like the feature, or the step in units of the usual step; of
   * classes and symbols logits or probabilities.
   */
  readonly output: "value" | "scaled" | "step" | "logits" | "probabilities";
  /** Whether ONNX Runtime may step waiting events of different keys in one run. */
  readonly batch: "exact" | "fast";
}

export interface PipelineAnomaly {
  readonly alertsPerDay: number;
  /** Events of a key before its scores are valid. */
  readonly warmUp: number;
  /** Usual events in a row that clear an alert. */
  readonly hold: number;
  readonly detectors: "auto" | readonly PipelineDetector[];
  /** Expected, about. */
  readonly keys: number;
  /** What targets can be, by name. */
  readonly limits: Readonly<
    Record<string, { readonly min?: number; readonly max?: number; readonly perSecond?: number }>
  >;
  /** The longest time without an event; absent: learned. */
  readonly silenceMs?: number;
  /** How often events come, and what share may be missing, in (0, 1]; absent: learned. */
  readonly missing: { readonly intervalMs?: number; readonly most?: number };
  /** Keys whose alerts are raised within so much event time share one; absent: every key has its own. */
  readonly groupMs?: number;
  /** When nobody is to be told of anything: once, or from `at` ms after midnight on, by the clocks of `input.zone`. */
  readonly maintenance: readonly PipelineMaintenance[];
}

export type PipelineMaintenance = (
  | { readonly from: number; readonly to: number }
  | { readonly at: number; readonly forMs: number; readonly weekdays?: readonly number[] }
) & { readonly keys?: readonly string[] };

export type PipelineDetector = (typeof DETECTORS)[number];

export interface PipelineLearn {
  readonly every: Every;
  /** Also when the forecasts' errors have grown for good. */
  readonly onDrift: boolean;
  /** [k1, k2], k1 <= k2 */
  readonly tbptt: readonly [number, number];
  /** Share of one core, in (0, 1]. */
  readonly budget: number;
}

export interface PipelineOutput {
  readonly predictions: boolean;
  readonly alerts: boolean;
  /** Home Assistant is told of keys (MQTT discovery). */
  readonly homeAssistant: boolean;
  readonly base: string;
  readonly qos: 0 | 1;
  readonly expiryMs: number;
  /** Which of the predictions that piled up still go out. */
  readonly backlog: "all" | "unexpired" | "newest";
}

export interface PipelineControl {
  /** Commands that are taken from the broker. */
  readonly mqtt: readonly (
    | "state"
    | "model"
    | "reset"
    | "label"
    | "mute"
    | "tune"
    | "promote"
    | "sensitivity"
    | "rollback"
  )[];
}

export interface PipelineStore {
  /** Absent parts: everything is kept. */
  readonly retention: { readonly ageMs?: number; readonly bytes?: number };
  readonly durability: "power-loss" | "crash" | "none";
  /** Absent: Eddy decides. */
  readonly snapshotEvery?: Every;
  /** What the states of keys may take in memory, about. */
  readonly memoryBytes: number;
}

/** A pipeline, checked, with all defaults applied and all units read. */
export interface Pipeline {
  readonly name: string;
  readonly input: PipelineInput;
  readonly broker: PipelineBroker;
  readonly sequence: PipelineSequence;
  readonly features: readonly Feature[];
  /** Fields that are forecast and watched; the first gives `value` and `forecast`. */
  readonly targets: readonly string[];
  /** What is told instead of being forecast; then there are no targets. */
  readonly supervised?: PipelineSupervised;
  readonly model: BuiltInModel | FileModel;
  /** Absent: no scores and no alerts. */
  readonly anomaly?: PipelineAnomaly;
  /** Absent: no fine-tuning. */
  readonly learn?: PipelineLearn;
  readonly output: PipelineOutput;
  /** How long an event waits for others to share its commit. */
  readonly lingerMs: number;
  /** What to do with events that come too fast. */
  readonly overload: "back-pressure" | "drop-oldest" | "sample" | "coalesce";
  readonly store: PipelineStore;
  readonly control: PipelineControl;
  /** Public keys (ed25519, base64) of which one has to have signed `model.file`; none: unsigned ones will do. */
  readonly modelKeys: readonly string[];
  readonly tests: readonly PipelineTest[];
  /** The same in the file's own words, with all defaults; `${NAME}` stands where the environment's values went. */
  readonly source: FullDocument;
  /** Digests of the environment's values that went in, by name: to notice that one changed. */
  readonly environment: Readonly<Record<string, string>>;
}
