/*
 * What the page and the server say to each other, as JSON. Types only: the page is built apart from the server.
 * Times are milliseconds since 1970; null stands for what is not known (yet).
 */

export interface PipelineInfo {
  readonly name: string;
  readonly targets: readonly string[];
  readonly horizons: readonly number[];
  /** `gru, 2 networks of 1 x 32 units`; a file's name. */
  readonly network: string;
  /** Events of a key before its scores count. */
  readonly warmUp: number;
  /** Commands that may be asked of it. */
  readonly commands: readonly string[];
  /** Name of the checkpoint in service. */
  readonly model: string;
  readonly status: { readonly state: string; readonly why: string };
  readonly isReady: boolean;
}

/** [position, time, value, forecast, lower, upper, residual, score, alert (0 or 1)] of one target. */
export type Point = readonly [
  position: number,
  time: number,
  value: number | null,
  forecast: number | null,
  lower: number | null,
  upper: number | null,
  residual: number | null,
  score: number | null,
  alert: 0 | 1,
];

export interface KeyRow {
  readonly key: string;
  readonly seq: number;
  readonly time: number;
  readonly value: number | null;
  readonly score: number | null;
  readonly isAlert: boolean;
  /** Event time before which it raises no alerts; 0: it isn't muted. */
  readonly mutedUntil: number;
  /** Newest values, oldest first. */
  readonly spark: readonly (number | null)[];
  /** Median time between events. */
  readonly intervalMs: number | null;
}

export interface KeyBoard {
  readonly keys: readonly KeyRow[];
  /** Keys there are; more than `keys` holds where there are too many to show. */
  readonly count: number;
  readonly alerts: readonly AlertNews[];
}

/** A change of a key's alert. */
export interface AlertNews {
  readonly key: string;
  readonly state: "raised" | "updated" | "cleared";
  readonly since: number;
  readonly time: number;
  readonly score: number;
  readonly why: string;
}

export interface History {
  /** Oldest first. */
  readonly points: readonly Point[];
  /** Nothing older is stored. */
  readonly isComplete: boolean;
}

/** What happened to one key since the last frame: [key, seq, time, value, score, alert (0 or 1), muted until (0: it isn't)]. */
export type KeyNews = readonly [
  key: string,
  seq: number,
  time: number,
  value: number | null,
  score: number | null,
  alert: 0 | 1,
  mutedUntil: number,
];

/** Event `frame`: at most a few a second. */
export interface LiveFrame {
  readonly model: string;
  readonly keys: readonly KeyNews[];
  readonly alerts: readonly AlertNews[];
  /** Of the key that is looked at. */
  readonly points?: readonly Point[];
  /** Its hidden state after them. */
  readonly hidden?: { readonly time: number; readonly units: readonly number[] };
}

export interface Quantiles {
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** Event `machine`: once a second. */
export interface MachineFrame {
  readonly time: number;
  readonly upSeconds: number;
  readonly events: number;
  readonly stepped: number;
  readonly alertsRaised: number;
  readonly deadLetters: number;
  readonly ignored: number;
  /** Left out because the box could not keep up. */
  readonly shed: number;
  /** Events not stepped and dead letters since the start, by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly lagMs: number | null;
  readonly latency: Quantiles;
  readonly commit: Quantiles;
  /** Packets in this box that were not stepped yet. */
  readonly waiting: number;
  readonly unpublished: number;
  readonly uncommitted: number;
  readonly memoryBytes: number;
  readonly storeBytes: number;
  /** Share of the last second that the event path's thread was busy. */
  readonly busy: number;
  readonly status: { readonly state: string; readonly why: string };
}

/** Event `learning`, and an item of GET learning: what the learner said, with the time at which it did. */
export interface LearningNews {
  readonly time: number;
  readonly kind: string;
  readonly why: string | null;
  readonly model: string | null;
  readonly position: number | null;
  /** Progress of a first training. */
  readonly progress: Readonly<Record<string, unknown>> | null;
  /** Of a collecting: how many of how many. */
  readonly events: number | null;
  readonly of: number | null;
  readonly details: Details | null;
}

/** How a training or a fine-tuning went; see `LearningDetails` of the stream. */
export interface Details {
  readonly trigger?: string;
  readonly data?: { readonly events: number; readonly fromMs: number; readonly toMs: number };
  readonly validation?: Readonly<Record<string, number>>;
  readonly verdict?: { readonly z: number; readonly gain: number; readonly count: number };
  readonly tuning?: Tuning;
}

export interface Tuning {
  readonly updates: number;
  readonly loss: number;
  readonly gradientNorm: { readonly median: number; readonly largest: number };
  readonly clipped: number;
  readonly refused: number;
  readonly diverged: boolean;
  readonly layers: readonly { readonly distances: readonly number[]; readonly norms: readonly number[] }[];
  readonly advice: readonly string[];
}

export interface LineageNode {
  readonly kind: "first" | "promoted" | "rolled-back" | "rejected" | "retired";
  readonly model: string | null;
  readonly address: string | null;
  readonly parameters: number | null;
  /** `gru 5 -> 16 -> 1`; null where nothing came of it. */
  readonly shape: string | null;
  readonly replaced: string | null;
  readonly position: number;
  readonly time: number | null;
  readonly why: string;
  readonly inService: boolean;
  readonly judged: number;
  readonly verdict: string | null;
  readonly details: Details;
  readonly tunings: readonly { readonly position: number; readonly details: Details }[];
}

export interface DeadLetterView {
  readonly id: number;
  readonly reason: string;
  readonly detail: string;
  readonly topic: string;
  readonly arrival: number;
  readonly bytes: number;
  /** Text where the bytes are UTF-8 without control characters, else hexadecimal; cut. */
  readonly payload: string;
  readonly isText: boolean;
  readonly isCut: boolean;
}

export type RequestAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };
