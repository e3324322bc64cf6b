import type { Note, TextSplit } from "../core/index.js";
import type { DETECTORS } from "./format-anomaly.js";
import type { FullDocument } from "./full-document.js";

/** How a number is scaled before the network sees it. */
export type Scale = "robust" | "none" | { readonly mean: number; readonly sd: number };

export type Calendar = "hour-of-day" | "day-of-week" | "day-of-year";

/** One thing that the network sees of an event. */
export type Feature =
  | {
      readonly kind: "field";
      readonly field: string;
      readonly scale: Scale;
      /** An event may lack it: then its newest value stands, and a second input says so. */
      readonly marksMissing?: true;
    }
  | { readonly kind: "difference"; readonly field: string; readonly scale: Scale }
  | { readonly kind: "calendar"; readonly calendar: Calendar; readonly harmonics: number }
  | { readonly kind: "lag"; readonly field: string; readonly byMs: number }
  | { readonly kind: "vector"; readonly field: string; readonly size: number; readonly scale: Scale }
  /** Without a vocabulary: one that is being collected. */
  | { readonly kind: "symbol"; readonly field: string; readonly vocabulary?: readonly string[] }
  | { readonly kind: "symbols"; readonly field: string; readonly vocabulary?: readonly string[] }
  | {
      readonly kind: "text";
      readonly field: string;
      readonly split: TextSplit;
      readonly vocabulary?: readonly string[];
    }
  | {
      readonly kind: "audio";
      readonly field: string;
      readonly rateHz: number;
      readonly output: "mfcc" | "log-mel";
      readonly windowMs: number;
      readonly hopMs: number;
      readonly filters: number;
      readonly lowHz: number;
      readonly highHz: number;
      readonly cepstra: number;
      readonly hasDelta: boolean;
      readonly preEmphasis: number;
    };

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

/** What recordings tell a network that is trained on them: of a sequence, or of every step. */
export type PipelineSupervised = SupervisedTarget & {
  /** Says it where it is known. */
  readonly field: string;
  readonly at: "end" | "step";
  readonly pool: "last" | "mean";
  /** Of steps: that of the event so many events later is told. */
  readonly ahead: number;
  readonly training: PipelineTraining;
};

export type SupervisedTarget =
  | {
      readonly kind: "class";
      /** How words are spotted among the classes of steps; absent: every step has a prediction. */
      readonly spot?: {
        readonly none: string;
        readonly over: number;
        readonly threshold: number;
        readonly rest: number;
      };
      /** In the order of the network's outputs; absent: the model's file says them. */
      readonly classes?: readonly string[];
    }
  /** `of`: the field that it is the truth of. */
  | { readonly kind: "value"; readonly of?: string }
  /** In the order of the network's outputs; absent: the model's file says them. */
  | { readonly kind: "symbols"; readonly vocabulary?: readonly string[] }
  | {
      readonly kind: "text";
      readonly split: TextSplit;
      /** Symbols of the longest. */
      readonly most: number;
      readonly search: PipelineSearch;
      /** In the order of the network's outputs, without the stop symbol; absent: the model's file says them. */
      readonly vocabulary?: readonly string[];
    };

/** How a text is chosen among all that could be. */
export type PipelineSearch =
  | { readonly kind: "greedy" }
  | { readonly kind: "beam"; readonly width: number }
  | { readonly kind: "sample"; readonly temperature: number; readonly seed: number };

/** How `eddy train` makes a network of a supervised target. */
export interface PipelineTraining {
  readonly cell: "rnn" | "gru" | "lstm";
  readonly hidden: number;
  readonly layers: number;
  readonly bidirectional: boolean;
  readonly seed: number;
  readonly epochs: number;
  readonly batch: number;
  readonly steps: number;
  readonly rate: number;
  readonly decay: number;
  readonly dropout: number;
  readonly noise: number;
  readonly offset: number;
  readonly stretch: number;
  /** How audio is altered before features are made of it. */
  readonly audio?: AudioChange;
}

/** How recorded audio is altered anew in every epoch. */
export interface AudioChange {
  /** White noise at a ratio of signal to noise between these, dB. */
  readonly noiseDb?: readonly [least: number, most: number];
  /** Louder or softer by up to so many dB. */
  readonly gainDb: number;
  /** Faster or slower by up to this share. */
  readonly speed: number;
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
}

/** Something goes wrong in a test's series, from row `at` on, `length` rows long. */
export interface Fault {
  readonly at: number;
  readonly length: number;
  readonly change: { readonly add: number } | { readonly value: number } | "stuck";
}

/** level + amplitude sin(2 pi t / period) + trend t + noise, then the faults. */
export interface Wave {
  readonly level: number;
  readonly amplitude: number;
  /** Absent: no sine. */
  readonly periodMs?: number;
  /** Standard deviation. */
  readonly noise: number;
  readonly trendPerHour: number;
  readonly faults: readonly Fault[];
}

/** Rows made on the spot. */
export interface Series {
  readonly count: number;
  readonly everyMs: number;
  /** Time of the first row, milliseconds since 1970-01-01T00:00Z. */
  readonly startMs: number;
  readonly seed: number;
  readonly fields: Readonly<Record<string, Wave>>;
}

/** Rows from..to, both included, from 0. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

export interface ExpectedCell {
  readonly row: number;
  readonly column: string;
  readonly value: number | string | boolean;
  readonly within: number;
}

/** What a test expects of the replay; absent parts are not looked at. */
export interface Expectation {
  readonly rows?: number;
  readonly stepped?: number;
  readonly alerts?: { readonly min: number; readonly max?: number };
  /** In each of these an alert is raised. */
  readonly raised: readonly RowRange[];
  /** In none of these an alert is raised. */
  readonly quiet: readonly RowRange[];
  readonly notes: Readonly<Partial<Record<Note, number>>>;
  readonly maeBelowPersistence?: boolean;
  /** Rows that tell a supervised target; how much of it is right, at least, in [0, 1]; how far values are off, at most. */
  readonly named?: number;
  readonly accuracy?: number;
  readonly mae?: number;
  readonly cells: readonly ExpectedCell[];
}

export interface PipelineTest {
  readonly name: string;
  /** What is replayed. A file's path is beside the pipeline's file, if that is known. */
  readonly source:
    | { readonly kind: "file"; readonly file: string }
    | { readonly kind: "rows"; readonly rows: readonly Readonly<Record<string, unknown>>[] }
    | { readonly kind: "payloads"; readonly payloads: readonly Uint8Array[] }
    | { readonly kind: "series"; readonly series: Series };
  /** Topic the rows come on; absent: none. */
  readonly topic?: string;
  readonly expect: Expectation;
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
