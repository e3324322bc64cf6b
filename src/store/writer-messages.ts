import type { CommitRows } from "./commit-rows.js";
import type { Cursor, Durability, Identity, Retention } from "./records.js";

/** What a store's thread is started for. */
export type ThreadTask =
  | {
      readonly task: "write";
      readonly file: string;
      readonly durability: Durability;
      readonly retention: Retention;
    }
  | { readonly task: "back-up"; readonly file: string; readonly to: string };

/** Up to where streams have been published. */
export type CursorPlaces = readonly (readonly [Cursor, number])[];

/** What the writer is asked to change. */
export type Change =
  | {
      readonly kind: "commit";
      readonly pipeline: string;
      readonly rows: CommitRows;
      readonly cursors: CursorPlaces;
    }
  /** Records the identity, `isNew`: only if none is recorded yet. */
  | {
      readonly kind: "adopt";
      readonly pipeline: string;
      readonly identity: Identity;
      readonly isNew: boolean;
    }
  | { readonly kind: "start-again"; readonly pipeline: string }
  | { readonly kind: "forget-pages"; readonly pipeline: string; readonly position: number }
  | { readonly kind: "forget-ledger"; readonly pipeline: string }
  | { readonly kind: "release"; readonly pipeline: string; readonly packetId: number }
  | {
      readonly kind: "advance";
      readonly pipeline: string;
      readonly cursors: CursorPlaces;
    };

/** To the thread. Each is answered once, in order. `now` is the wall clock's time: the thread has none. */
export type WriterRequest = (Change | { readonly kind: "tick" } | { readonly kind: "close" }) & {
  readonly now: number;
};

/** An error's message and code: a clone of an error would lose the code. */
export interface Failure {
  readonly message: string;
  readonly code: string;
}

/** From the thread: the outcomes of the oldest requests not yet answered, or a problem of its own. */
export type WriterReply =
  | {
      readonly kind: "outcomes";
      readonly outcomes: readonly (Failure | null)[];
      /** Memory of commits that can be used again. */
      readonly blocks: readonly ArrayBuffer[];
    }
  | { readonly kind: "problem"; readonly failure: Failure };

export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "STORE_FAILED";
  return { message, code };
}

export function errorOf({ message, code }: Failure): Error & { code: string } {
  return Object.assign(new Error(message), { code });
}
