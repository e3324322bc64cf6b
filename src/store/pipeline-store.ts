import { problem } from "../core/index.js";
import { commitRows } from "./commit-rows.js";
import { PipelineReader } from "./pipeline-reader.js";
import type { Reads } from "./read-statements.js";
import type { Commit, Cursor, Identity } from "./records.js";
import type { SpareBlocks } from "./spare-blocks.js";
import type { Change, CursorPlaces } from "./writer-messages.js";

/** So far may a cursor be ahead of the one that is written, before a commit takes it along. */
const CURSOR_STRIDE = 128;

/** Hands a change to the writer; see `WriterLine.send`. */
export type SendChange = (change: Change) => Promise<void>;

/** One pipeline's rows, to be written and read. Writes are done in the order of the calls. */
export class PipelineStore extends PipelineReader {
  readonly #send: SendChange;
  readonly #spare: SpareBlocks;
  readonly #onLazy: () => void;
  /** Where the cursors stand, written or not. */
  readonly #cursors = new Map<Cursor, number>();
  readonly #unwritten = new Set<Cursor>();
  /** Where they stood when they were last handed to the writer. */
  readonly #handedOver = new Map<Cursor, number>();

  /**
   * @param spare  memory for commits
   * @param onLazy called when there is something that `flush` should write before long
   */
  constructor(name: string, reads: Reads, send: SendChange, spare: SpareBlocks, onLazy: () => void) {
    super(name, reads);
    this.#send = send;
    this.#spare = spare;
    this.#onLazy = onLazy;
  }

  /** Records what writes this pipeline's rows from now on. `recorded` stays as it was. */
  adopt(identity: Identity): Promise<void> {
    return this.#send({ kind: "adopt", pipeline: this.name, identity, isNew: false });
  }

  /**
   * Takes in a batch, all or nothing; fulfilled when it is durable. Commits are fulfilled in order, those
   * that wait together share a transaction. What is given may be changed after the call.
   *
   * Positions increase. After a commit has failed, later ones fail too (`COMMIT_AFTER_FAILURE`) until one
   * begins where the failed one did, so that the journal has no holes.
   *
   * @throws Error codes `STORE_FULL`, `STORE_IO_ERROR`, `STORE_BAD_ROW`, `STORE_CLOSED`,
   *   `POSITION_NOT_INCREASING`, `COMMIT_AFTER_FAILURE`, `SNAPSHOT_AHEAD`
   */
  async commit(commit: Commit): Promise<void> {
    await this.#withCursors(this.#farAhead(), (cursors) =>
      this.#send({ kind: "commit", pipeline: this.name, rows: commitRows(commit, this.#spare), cursors }),
    );
  }

  override cursor(which: Cursor): number {
    return this.#cursors.get(which) ?? super.cursor(which);
  }

  /**
   * Says that a stream has been published up to here. Lazy: written with the next commit once it has moved
   * by 128, within about a second, or at close. Retention keeps what an advanced cursor (`advance(which, 0)` counts) has yet to pass.
   *
   * @throws RangeError code `CURSOR_BACKWARDS`
   */
  advance(which: Cursor, to: number): void {
    const before = this.cursor(which);
    if (!(to >= before)) {
      throw problem(RangeError, {
        code: "CURSOR_BACKWARDS",
        action: "advance the cursor",
        on: `"${which}" of pipeline ${JSON.stringify(this.name)}`,
        expected: `a position from ${before} on`,
        found: String(to),
      });
    }
    this.#cursors.set(which, to);
    this.#unwritten.add(which);
    this.#onLazy();
  }

  /** Writes what `advance` has left to be written. Never rejects: what fails is written with the next. */
  async flush(): Promise<void> {
    if (this.#unwritten.size === 0) return;
    await this.#withCursors([...this.#unwritten], (cursors) =>
      this.#send({ kind: "advance", pipeline: this.name, cursors }),
    ).catch(() => {});
  }

  /** A cursor that has hardly moved is not worth a page of its own in every commit. */
  #farAhead(): Cursor[] {
    return [...this.#unwritten].filter(
      (which) =>
        this.cursor(which) - (this.#handedOver.get(which) ?? Number.NEGATIVE_INFINITY) >= CURSOR_STRIDE,
    );
  }

  /** Cursors that the writer could not write are written with what comes next. */
  async #withCursors(
    which: readonly Cursor[],
    send: (cursors: CursorPlaces) => Promise<void>,
  ): Promise<void> {
    const cursors = which.map((one) => [one, this.cursor(one)] as const);
    for (const [one, to] of cursors) {
      this.#unwritten.delete(one);
      this.#handedOver.set(one, to);
    }
    try {
      await send(cursors);
    } catch (error) {
      for (const [one] of cursors) this.#unwritten.add(one);
      if (cursors.length > 0) this.#onLazy();
      throw error;
    }
  }

  /**
   * Forgets what the network and the detectors made of the journal (snapshots, outputs, alerts, log) but
   * keeps the journal, the keys, the cursors, the ledger and the dead letters: for stepping it again under
   * a changed pipeline. Then `newestSnapshot` is the empty state where the journal begins; outcomes may be
   * committed again from there, their samples are not journalled twice. What the cursors had passed is not
   * published again. Call `adopt` after it, so that a crash in between leaves the old identity.
   */
  startAgain(): Promise<void> {
    return this.#send({ kind: "start-again", pipeline: this.name });
  }

  /** Forgets pages after a position, from which on the journal is stepped again. */
  forgetPagesAfter(position: number): Promise<void> {
    return this.#send({ kind: "forget-pages", pipeline: this.name, position });
  }

  /** Takes a packet out of the ledger: the broker is done with it (QoS 2), and may give its id to another. */
  releasePacket(packetId: number): Promise<void> {
    return this.#send({ kind: "release", pipeline: this.name, packetId });
  }

  /** Forgets the ledger: the broker has begun a new session, and nothing of the old one comes again. */
  forgetLedger(): Promise<void> {
    return this.#send({ kind: "forget-ledger", pipeline: this.name });
  }
}
