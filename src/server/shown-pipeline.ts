import type { Counters, Watcher } from "../runtime/index.js";

/** What the dashboard needs of a running pipeline; the runtime's `LivePipeline` is one. */
export interface ShownPipeline {
  readonly name: string;
  readonly pipeline: {
    readonly targets: readonly string[];
    readonly anomaly?: { readonly warmUp: number } | undefined;
    readonly model: ShownModel;
  };
  readonly counters: Counters;
  /** Name of the checkpoint in service. */
  readonly model: string;
  readonly status: { readonly state: string; readonly why: string };
  readonly isReady: boolean;
  readonly lagMs: number | undefined;
  readonly waiting: number;
  readonly backlog: number;
  readonly unsettled: number;
  hiddenState(key: string): ArrayLike<number> | undefined;
  /** Keys that raise no alerts before some event time, ms. */
  mutedKeys(): [key: string, until: number][];
  /** Event time, ms, before which a key raises no alerts; undefined where nothing is known of the key. */
  mutedUntil(key: string): number | undefined;
  /** @returns what ends it */
  watch(watcher: Watcher): () => void;
}

type ShownModel = { readonly horizons: readonly number[] } & (
  | {
      readonly kind: "built-in";
      readonly cell: string;
      readonly hidden: number;
      readonly layers: number;
      readonly members: number;
    }
  | { readonly kind: "file"; readonly file: string }
);

/** What runs in this process. */
export interface Shown {
  readonly pipelines: readonly ShownPipeline[];
  /** The data directory. */
  readonly directory: string;
  /** Its size. */
  storeBytes(): number;
}

/** Says in a few words what network a pipeline has. */
export function networkWords({ model }: ShownPipeline["pipeline"]): string {
  if (model.kind === "file") return model.file.slice(model.file.lastIndexOf("/") + 1);
  const { cell, hidden, layers, members } = model;
  const each = layers === 1 ? `${hidden} units` : `${layers} layers of ${hidden} units`;
  return members === 1 ? `${cell}, ${each}` : `${cell}, the mean of ${members} networks of ${each}`;
}
