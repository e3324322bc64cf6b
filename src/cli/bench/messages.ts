import type { ThreadTimes } from "./cpu-profile.js";

/** What the bench's processes say to each other. */
export interface SubjectOptions {
  /** `embedded`, or a broker's URL. */
  readonly broker: string;
  readonly data: string;
  readonly hidden: number;
  /** Networks whose mean is the forecast. */
  readonly members: number;
  readonly durability: "power-loss" | "crash" | "none";
  readonly qosOut: 0 | 1;
  readonly detects: boolean;
  /** Whether it can be told to fine-tune. */
  readonly learns: boolean;
  /** Whether it opens a dashboard, on any free port. */
  readonly dashboard?: boolean;
}

/** The process under measurement, at one moment. */
export interface SubjectSample {
  readonly events: number;
  /** User and system time of the process, all threads, microseconds. */
  readonly cpuMicroseconds: number;
  readonly rssBytes: number;
  readonly storeBytes: number;
  readonly isTrained: boolean;
  /** Fine-tunings that ended. */
  readonly tunings: number;
  /** Events whose predictions the broker has. */
  readonly predicted: number;
  /** Rows committed and not yet published. */
  readonly backlog: number;
}

export type ToSubject =
  | { readonly say: "sample" }
  /** Up to which event predictions are published. */
  | { readonly say: "progress" }
  /** One fine-tuning after the other, from now on. */
  | { readonly say: "tune" }
  /** Begins a profile of the processor's time, or ends it. */
  | { readonly say: "profile" }
  | { readonly say: "stop" };
export type FromSubject =
  | { readonly say: "ready"; readonly url: string; readonly dashboard?: string }
  | { readonly say: "sample"; readonly sample: SubjectSample }
  | { readonly say: "progress"; readonly predicted: number }
  | { readonly say: "profile"; readonly times: ThreadTimes | undefined }
  | { readonly say: "failed"; readonly why: string };

export interface FloodOptions {
  readonly url: string;
  readonly keys: number;
  /** Publishes un-acknowledged at a time, on each connection. */
  readonly window: number;
}

export type ToFlood =
  /** So many events may have been sent by now. */
  { readonly say: "up-to"; readonly count: number } | { readonly say: "stop" };

export interface GeneratorOptions {
  readonly url: string;
  readonly keys: number;
  /** Events a second. */
  readonly rate: number;
  /** Publishes un-acknowledged at a time. */
  readonly window: number;
  readonly listens: boolean;
}

export type FromGenerator = {
  readonly say: "sample";
  readonly sent: number;
  /** Event sent to prediction received, milliseconds, sorted. */
  readonly latenciesMs: readonly number[];
};
