import type { OnPublished, OutboundMessage } from "../mqtt/index.js";

export interface OutboxOptions<Row> {
  /** Rows of the store after a cursor, oldest first. */
  readonly fetch: (after: number, limit: number) => readonly Row[];
  /** A row's place in the cursor's order. */
  readonly place: (row: Row) => number;
  /** Which of the rows read back still go out, in order; default: all. */
  readonly keep?: (rows: readonly Row[]) => readonly Row[];
  readonly messages: (row: Row) => readonly OutboundMessage[];
  readonly send: (message: OutboundMessage, onPublished: OnPublished) => void;
  /** Everything up to here has been published. */
  readonly cursor: number;
  /** Called when the cursor moves; may be lazy: what is repeated after a crash has the same `eddy-id`. */
  readonly onCursor: (cursor: number) => void;
  /** The broker refused a message (not authorised, say) of the row at this place: it is given up. */
  readonly onRefused: (place: number, error: Error) => void;
  /** Messages out and not yet answered by the broker. */
  readonly window?: number;
}

/** Committed rows kept in memory for publishing; what is beyond is read back from the store. */
const MOST_WAITING = 4096;
const PAGE = 256;
/** Answers come once a turn of the event loop, which under load takes in a thousand events and more. */
const WINDOW = 2048;

/**
 * What is kept of a row until the broker has answered: thousands are on their way, and the rows themselves are large. Used
 * again once it has answered.
 */
class Sent {
  place = 0;
  epoch = 0;
  /** Messages without an answer. */
  missing = 0;
  refused: Error | undefined;
  readonly onPublished: OnPublished;

  constructor(onAnswer: (sent: Sent, error: Error | undefined) => void) {
    this.onPublished = (error) => onAnswer(this, error);
  }
}

/**
 * Publishes rows of the store, in order, at least once. Rows that were just committed are handed over by
 * `offer` and never read back; after an outage, or when publishing falls behind, the store is read from the
 * cursor. Memory is bounded by `MOST_WAITING` rows either way.
 */
export class Outbox<Row> {
  readonly #options: OutboxOptions<Row>;
  readonly #window: number;
  #waiting: Row[] = [];
  #unanswered: Sent[] = [];
  /** All their messages are answered. */
  readonly #spare: Sent[] = [];
  /** Everything up to here has been published and answered. */
  #cursor: number;
  /** Everything up to here has been taken in hand. */
  #taken: number;
  #isBehind = true;
  #isOnline = false;
  /** Goes up with every outage: answers to what was sent before it are void. */
  #epoch = 0;
  #isAdvancing = false;
  #idle: (() => void)[] = [];

  constructor(options: OutboxOptions<Row>) {
    this.#options = options;
    this.#window = options.window ?? WINDOW;
    this.#cursor = options.cursor;
    this.#taken = options.cursor;
  }

  /** Everything up to here has been published and answered. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Rows not yet published that are known of; a store that is still to be read counts as one. */
  get backlog(): number {
    return this.#waiting.length + this.#unanswered.length + (this.#isBehind ? 1 : 0);
  }

  /** Takes rows that have just been committed. */
  offer(rows: readonly Row[]): void {
    const { place } = this.#options;
    const newest = this.#waiting.at(-1);
    const known = newest === undefined ? this.#taken : place(newest);
    // What was read back from the store a moment ago is not news.
    const news = rows.filter((row) => place(row) > known);
    if (news.length === 0) return;
    if (this.#isBehind || this.#waiting.length + news.length > MOST_WAITING) this.#isBehind = true;
    else this.#waiting.push(...news);
    this.#pump();
  }

  /** There is something new in the store that was not offered. */
  wake(): void {
    this.#isBehind = true;
    this.#pump();
  }

  /** Takes everything up to here as published. */
  skipTo(place: number): void {
    this.#waiting = [];
    this.#taken = place;
    this.#cursor = place;
    this.#options.onCursor(place);
  }

  online(): void {
    this.#isOnline = true;
    this.#pump();
  }

  /** The connection is gone: what was sent and not answered is sent again, from the store. */
  offline(): void {
    this.#isOnline = false;
    this.#epoch++;
    const first = this.#unanswered[0];
    if (first !== undefined || this.#waiting.length > 0) this.#isBehind = true;
    this.#waiting = [];
    this.#unanswered = [];
    this.#taken = this.#cursor;
    this.#wakeIdle();
  }

  /** Fulfilled when all that is known of has been published, or the connection is gone. */
  drained(): Promise<void> {
    if (this.backlog === 0 || !this.#isOnline) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #pump(): void {
    while (this.#isOnline && this.#unanswered.length < this.#window) {
      const row = this.#waiting.shift() ?? this.#readBack();
      if (row === undefined) break;
      this.#send(row);
    }
    if (this.backlog === 0) this.#wakeIdle();
  }

  #readBack(): Row | undefined {
    while (this.#isBehind) {
      const { fetch, place, keep = (all) => all } = this.#options;
      const rows = fetch(this.#taken, PAGE);
      if (rows.length < PAGE) this.#isBehind = false;
      this.#waiting = [...keep(rows)];
      const last = rows.at(-1);
      if (this.#waiting.length > 0 || last === undefined) break;
      this.#pass(place(last));
    }
    return this.#waiting.shift();
  }

  /** Takes everything up to here as dealt with; what is on its way before it moves the cursor when it is answered. */
  #pass(place: number): void {
    this.#taken = place;
    if (this.#unanswered.length > 0) return;
    this.#cursor = place;
    this.#options.onCursor(place);
  }

  #send(row: Row): void {
    const place = this.#options.place(row);
    this.#taken = place;
    const messages = this.#options.messages(row);
    const sent = this.#spare.pop() ?? new Sent(this.#onAnswer);
    sent.place = place;
    sent.epoch = this.#epoch;
    sent.missing = messages.length;
    sent.refused = undefined;
    this.#unanswered.push(sent);
    for (const message of messages) this.#options.send(message, sent.onPublished);
  }

  readonly #onAnswer = (sent: Sent, error: Error | undefined): void => {
    if (sent.epoch !== this.#epoch) return;
    if (isOffline(error)) {
      this.offline();
      return;
    }
    sent.refused ??= error;
    if (--sent.missing > 0) return;
    // The broker said no to this message: sending it for ever would hold up all behind it.
    if (sent.refused) this.#options.onRefused(sent.place, sent.refused);
    this.#answered();
  };

  /** Answers come many at a time: what they make room for goes out together. */
  #answered(): void {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    queueMicrotask(() => {
      this.#isAdvancing = false;
      this.#advance();
      this.#pump();
    });
  }

  #advance(): void {
    let reached: number | undefined;
    for (let sent = this.#unanswered[0]; sent?.missing === 0; sent = this.#unanswered[0]) {
      this.#unanswered.shift();
      this.#spare.push(sent);
      reached = sent.place;
    }
    if (reached === undefined) return;
    this.#cursor = reached;
    this.#options.onCursor(reached);
  }

  #wakeIdle(): void {
    const waiting = this.#idle;
    this.#idle = [];
    for (const wake of waiting) wake();
  }
}

function isOffline(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "OFFLINE";
}
