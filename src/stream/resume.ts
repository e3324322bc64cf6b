import {
  type Batch,
  Delivery,
  FAULTS,
  REQUESTS,
  type Request,
  requestFromEntry,
  type Stage,
  type StreamEvent,
  streamEvent,
} from "../core/index.js";
import type { PipelineReader } from "../store/index.js";
import { readForgotten } from "./forgotten.js";
import type { KeyPager } from "./key-pager.js";
import { stepThrough } from "./scope.js";
import { restoreSnapshot } from "./snapshot.js";

/** Samples stepped per turn while a journal is read again. */
const CHUNK = 500;

export interface ResumeOptions {
  /** From which snapshot; the oldest gives the whole stored log again. Default: the newest. */
  readonly from?: "newest" | "oldest";
  /** Brings keys back when they are needed, and makes room; absent: all of them stay in memory. Starts from the newest. */
  readonly pager?: KeyPager | undefined;
  /** Sees every batch that was stepped again, for whoever wants its outputs. */
  readonly onBatch?: (batch: Batch) => void | Promise<void>;
}

/** Positions between which the journal was stepped again. */
export interface Resumed {
  readonly from: number;
  readonly to: number;
}

/**
 * Brings the stages to where the store ends: the newest snapshot, then every journalled sample after it,
 * stepped through the same stages. The network's changes and what was asked come from the log, at the
 * positions where they took effect.
 *
 * @throws Error code `SNAPSHOT_UNKNOWN`, see `restoreSnapshot`; what `PipelineStore.commit` throws, with a pager
 */
export async function resume(
  { stages, store }: { readonly stages: readonly Stage[]; readonly store: PipelineReader },
  options: ResumeOptions = {},
): Promise<Resumed> {
  const { pager } = options;
  const start = pager ? await pager.begin() : restoreAll(stages, store, options.from);
  const log = store.logEntries(start);
  for (const stage of stages) {
    const names = new Set(stage.slots.map((slot) => slot.name));
    stage.replayLog?.(log.filter((entry) => names.has(entry.slot)));
  }
  const requests = log.filter(({ slot }) => slot === REQUESTS).map(requestFromEntry);
  const failed = new Map(
    log.filter(({ slot }) => slot === FAULTS).map(({ position, kind }) => [position, kind]),
  );
  const stepped = store.steppedPosition();
  let position = start;
  for (;;) {
    const asked = requests[0]?.position ?? Number.POSITIVE_INFINITY;
    const rows = store.journal(position, CHUNK).filter((row) => row.position < asked);
    const events = rows.map(({ sample, position }) =>
      Object.assign(streamEvent(sample), { position, failsIn: failed.get(position) ?? "" }),
    );
    const request = events.length === 0 ? requests.shift() : undefined;
    const reached = request?.position ?? events.at(-1)?.position;
    if (reached === undefined) return { from: start, to: position };
    const isCommitted = reached <= stepped;
    const batch = { ...repeated(events, request === undefined ? [] : [request]), isCommitted };
    pager?.admit(batch);
    if (request?.kind === "forget") forgetIn(stages, request);
    await stepThrough(stages, batch);
    pager?.stepped(batch);
    await options.onBatch?.(batch);
    pager?.relieve();
    await pager?.flush();
    position = reached;
  }
}

/** All that is left of keys that were forgotten; their pages held the same, and went. */
function forgetIn(stages: readonly Stage[], { body }: Request): void {
  const own = stages.flatMap(({ slots }) => slots).filter(({ isShared }) => isShared !== true);
  for (const { key } of readForgotten(body)) for (const slot of own) slot.reset(key);
}

/** @returns the snapshot's position */
function restoreAll(stages: readonly Stage[], store: PipelineReader, from: ResumeOptions["from"]): number {
  const snapshot = from === "oldest" ? store.oldestSnapshot() : store.newestSnapshot();
  if (snapshot) restoreSnapshot(stages, snapshot);
  return snapshot?.position ?? 0;
}

/** A batch out of the store: nobody waits for it. */
function repeated(events: readonly StreamEvent[], requests: readonly Request[]): Batch {
  return { events, requests, deadLetters: [], ledger: [], log: [], delivery: new Delivery() };
}
