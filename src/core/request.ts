import type { Batch } from "./batch.js";
import { ByteReader, ByteWriter } from "./bytes.js";
import type { LogEntry } from "./log-entry.js";
import type { AlertChange } from "./prediction.js";
import type { StateSlot } from "./state-slot.js";

/**
 * What may be asked of a running pipeline:
 *
 * - `reset`: forget what is known of a key (its hidden state, scales, detectors), but not its count of events
 * - `label`: somebody says what a stretch of a key was
 * - `mute`: raise no alerts for a while, of a key or of all
 * - `silence`: nothing has come of a key, or several, for so long; the runtime's own, which has a clock where stages have none
 * - `forget`: expired keys of which retention has left nothing else lose their counts of events too; the runtime's own
 * - `sensitivity`: how easily a key raises alerts, for good
 * - `tune`: fine-tune now; `promote`: put a checkpoint into service; `rollback`: bring back the one before
 */
export type RequestKind =
  | "reset"
  | "label"
  | "mute"
  | "silence"
  | "forget"
  | "sensitivity"
  | "tune"
  | "promote"
  | "rollback";

/** Why a request was not done. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/**
 * Something asked of a pipeline by a person or a program, on its way through the stages with a batch. It takes
 * effect between two events, has a position of its own in the log, and takes effect there again in every replay.
 */
export interface Request {
  readonly kind: RequestKind;
  /** Whom it concerns; empty: all keys, or none. */
  readonly key: string;
  /** By which a repeat is known; empty: none. */
  readonly id: string;
  /** For people: who wants it, and why. */
  readonly why: string;
  /**
   * What the stages need to do it: weights, say; its format is the kind's. Changed only before the first stage has seen
   * it, of `forget`.
   */
  body: Uint8Array;
  /** Place in the log, 0 before `sequence` has given it one. */
  position: number;
  /** Set by the stage that can't do it; those behind then leave it alone. */
  refusal: Refusal | undefined;
  /** It was asked before, and done. */
  isRepeated: boolean;
  /** What became of its key's alert, where that is more than the next event can tell: set by the stage that did it. */
  alert?: { readonly key: string; readonly seq: number; readonly time: number; readonly change: AlertChange };
  /** Told when it is on disk, or refused. */
  readonly onSettled?: (request: Request) => void;
}

/** A request that nobody has taken yet. */
export function request(
  parts: Pick<Request, "kind"> & Partial<Pick<Request, "key" | "id" | "why" | "body" | "onSettled">>,
): Request {
  const { kind, key = "", id = "", why = "", body = new Uint8Array(0), onSettled } = parts;
  const state = { position: 0, refusal: undefined, isRepeated: false };
  return { kind, key, id, why, body, ...state, ...(onSettled ? { onSettled } : {}) };
}

/** The slot under which requests stand in the log: they concern several stages. */
export const REQUESTS = "request";

export function requestToEntry({ kind, key, id, why, body, position }: Request): LogEntry {
  const written = new ByteWriter().text(key).text(id).bytes(body).finish();
  return { position, slot: REQUESTS, kind, why, body: written };
}

/** @throws RangeError code `STATE_CORRUPT` */
export function requestFromEntry({ kind, why, body, position }: LogEntry): Request {
  const reader = new ByteReader(body, `request in the log at position ${position}`);
  const [key, id, own] = [reader.text(), reader.text(), reader.bytes()];
  reader.end();
  return { ...request({ kind: kind as RequestKind, key, id, why, body: own }), position };
}

/** Requests of a batch that are to be done. */
export function standing(requests: readonly Request[]): Request[] {
  return requests.filter(({ refusal, isRepeated }) => refusal === undefined && !isRepeated);
}

/** Forgets the keys that a batch asks to forget. */
export function forgetAsked({ requests }: Pick<Batch, "requests">, ...slots: readonly StateSlot[]): void {
  for (const { kind, key } of standing(requests)) {
    if (kind === "reset") for (const slot of slots) slot.reset(key);
  }
}
