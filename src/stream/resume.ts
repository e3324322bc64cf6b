import {
  type Batch,
  Delivery,
  problem,
  REQUESTS,
  type Request,
  requestFromEntry,
  type Stage,
  type StreamEvent,
  streamEvent,
} from "../core/index.js";
import type { PipelineReader, Snapshot } from "../store/index.js";
import { stepThrough } from "./scope.js";

/** Samples stepped per turn while a journal is read again. */
const CHUNK = 500;

/** All that the stages remember, as it stands in a snapshot. */
export function takeSnapshot(stages: readonly Stage[], position: number): Snapshot {
  const entries = [];
  for (const { slots } of stages) {
    for (const slot of slots) {
      for (const key of slot.keys()) {
        const bytes = slot.save(key);
        if (bytes) entries.push({ slot: slot.name, version: slot.version, key, bytes });
      }
    }
  }
  return { position, entries };
}

/**
 * Puts a snapshot back into the stages.
 *
 * @throws Error code `SNAPSHOT_UNKNOWN` when it holds a slot, or a version of one, that the stages lack
 */
export function restoreSnapshot(stages: readonly Stage[], snapshot: Snapshot): void {
  const slots = new Map(stages.flatMap((stage) => stage.slots).map((slot) => [slot.name, slot]));
  for (const entry of snapshot.entries) {
    const slot = slots.get(entry.slot);
    if (slot === undefined || slot.version !== entry.version) {
      throw problem(Error, {
        code: "SNAPSHOT_UNKNOWN",
        action: "restore the snapshot at position",
        on: String(snapshot.position),
        expected: [...slots.values()].map((known) => `${known.name} v${known.version}`).join(", "),
        found: `${entry.slot} v${entry.version}`,
      });
    }
    slot.restore(entry.key, entry.bytes);
  }
}

export interface ResumeOptions {
  /** From which snapshot; the oldest gives the whole stored log again. Default: the newest. */
  readonly from?: "newest" | "oldest";
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
 * @throws Error code `SNAPSHOT_UNKNOWN`, see `restoreSnapshot`
 */
export async function resume(
  { stages, store }: { readonly stages: readonly Stage[]; readonly store: PipelineReader },
  options: ResumeOptions = {},
): Promise<Resumed> {
  const snapshot = options.from === "oldest" ? store.oldestSnapshot() : store.newestSnapshot();
  const start = snapshot?.position ?? 0;
  if (snapshot) restoreSnapshot(stages, snapshot);
  const log = store.logEntries(start);
  for (const stage of stages) {
    const names = new Set(stage.slots.map((slot) => slot.name));
    stage.replayLog?.(log.filter((entry) => names.has(entry.slot)));
  }
  const requests = log.filter(({ slot }) => slot === REQUESTS).map(requestFromEntry);
  const stepped = store.steppedPosition();
  let position = start;
  for (;;) {
    const asked = requests[0]?.position ?? Number.POSITIVE_INFINITY;
    const rows = store.journal(position, CHUNK).filter((row) => row.position < asked);
    const events = rows.map((row) => Object.assign(streamEvent(row.sample), { position: row.position }));
    const request = events.length === 0 ? requests.shift() : undefined;
    const reached = request?.position ?? events.at(-1)?.position;
    if (reached === undefined) return { from: start, to: position };
    const isCommitted = reached <= stepped;
    const batch = { ...repeated(events, request === undefined ? [] : [request]), isCommitted };
    await stepThrough(stages, batch);
    await options.onBatch?.(batch);
    position = reached;
  }
}

/** A batch out of the store: nobody waits for it. */
function repeated(events: readonly StreamEvent[], requests: readonly Request[]): Batch {
  return { events, requests, deadLetters: [], ledger: [], log: [], delivery: new Delivery() };
}
