import { type Batch, type Clock, systemClock } from "../core/index.js";
import type { Connection } from "../mqtt/index.js";
import type { AlertRow, DeadLetterRow, OutputRow, PipelineStore } from "../store/index.js";
import { requestedAlerts } from "./commit.js";
import { alertMessages, deadLetterMessage, type MessageOptions } from "./messages.js";
import { Outbox } from "./outbox.js";
import { PredictionMessages } from "./prediction-messages.js";

export interface OutboxesOptions {
  readonly messages: MessageOptions;
  readonly connection: Connection;
  readonly store: PipelineStore;
  readonly output: {
    readonly predictions: boolean;
    readonly alerts: boolean;
    /** Which of the predictions that piled up still go out; default: all. */
    readonly backlog?: Backlog;
  };
  /** Default: the wall clock. */
  readonly clock?: Clock;
  /** Told of what the broker refused. */
  readonly onWarning: (message: string) => void;
}

/** All; those whose event is younger than predictions last; of each key the newest. */
export type Backlog = "all" | "unexpired" | "newest";

/** The three streams that a pipeline publishes from its store: alerts, predictions, dead letters. */
export class Outboxes {
  readonly #options: OutboxesOptions;
  readonly #alerts: Outbox<AlertRow>;
  readonly #predictions: Outbox<OutputRow>;
  readonly #deadLetters: Outbox<DeadLetterRow>;

  constructor(options: OutboxesOptions) {
    this.#options = options;
    const { store, messages, connection, output, onWarning } = options;
    const send = connection.send.bind(connection);
    // Retention keeps what has yet to be published, once a cursor stands.
    for (const which of ["alert", "prediction"] as const) store.advance(which, store.cursor(which));
    const predictions = new PredictionMessages(messages);
    const onRefused = (_place: number, error: Error) =>
      onWarning(`${messages.pipeline}: not published: ${error}`);
    this.#alerts = new Outbox({
      fetch: (after, limit) => (output.alerts ? store.alerts(after, limit) : []),
      place: (row) => row.position,
      messages: (row) => alertMessages(row, messages),
      send,
      cursor: store.cursor("alert"),
      onCursor: (cursor) => store.advance("alert", cursor),
      onRefused,
    });
    this.#predictions = new Outbox({
      fetch: (after, limit) => {
        const rows = output.predictions ? store.outputs(after, limit) : [];
        // What the store has may not have been offered yet: alerts that were committed with it go first all the same.
        if (rows.length > 0) this.#alerts.wake();
        return rows;
      },
      place: (row) => row.position,
      keep: (rows) => stillWanted(output.backlog ?? "all", rows, options),
      messages: (row) => [predictions.of(row)],
      send,
      cursor: store.cursor("prediction"),
      onCursor: (cursor) => store.advance("prediction", cursor),
      onRefused,
    });
    this.#deadLetters = new Outbox({
      fetch: (after, limit) => store.deadLetters(after, limit),
      place: (row) => row.id,
      messages: (row) => [deadLetterMessage(row, messages)],
      send,
      cursor: store.cursor("dead-letter"),
      onCursor: (cursor) => store.advance("dead-letter", cursor),
      onRefused,
    });
  }

  get backlog(): number {
    return this.#alerts.backlog + this.#predictions.backlog;
  }

  /** Up to this event predictions have been published and answered. */
  get predicted(): number {
    return this.#predictions.cursor;
  }

  /** A batch has been committed: alerts go ahead of predictions. */
  offer(batch: Batch): void {
    const { output } = this.#options;
    const reached = batch.events.at(-1)?.position;
    if (output.alerts) this.#alerts.offer(alertRows(batch));
    else if (reached !== undefined) this.#alerts.skipTo(reached);
    if (output.predictions) this.#predictions.offer(outputRows(batch));
    else if (reached !== undefined) this.#predictions.skipTo(reached);
    if (batch.deadLetters.length > 0) this.#deadLetters.wake();
  }

  online(): void {
    this.#alerts.online();
    this.#predictions.online();
    this.#deadLetters.online();
  }

  offline(): void {
    for (const outbox of [this.#alerts, this.#predictions, this.#deadLetters]) outbox.offline();
  }

  async drained(): Promise<void> {
    await Promise.all([this.#alerts.drained(), this.#predictions.drained(), this.#deadLetters.drained()]);
  }

  /** Nothing up to here is news to anyone (a recording stepped as history): it isn't published. */
  skipTo(position: number): void {
    this.#alerts.skipTo(position);
    this.#predictions.skipTo(position);
  }
}

function stillWanted(
  backlog: Backlog,
  rows: readonly OutputRow[],
  { store, messages, clock = systemClock }: OutboxesOptions,
): readonly OutputRow[] {
  if (backlog === "all") return rows;
  if (backlog === "unexpired") {
    const oldest = clock.now() - messages.expirySeconds * 1000;
    return rows.filter(({ time }) => time >= oldest);
  }
  // The last of each key's in the page may be its newest of all.
  const last = new Map(rows.map((row) => [row.key, row]));
  return [...last.values()]
    .filter(({ key, position }) => store.lastOutputs(key, 1)[0]?.position === position)
    .sort((a, b) => a.position - b.position);
}

function alertRows(batch: Batch): AlertRow[] {
  const rows = requestedAlerts(batch);
  for (const { position, seq, sample, change } of batch.events) {
    if (change) rows.push({ position, key: sample.key, seq, time: sample.time, change });
  }
  return rows;
}

function outputRows(batch: Batch): OutputRow[] {
  const rows: OutputRow[] = [];
  for (const { position, seq, sample, prediction } of batch.events) {
    if (prediction) rows.push({ position, key: sample.key, seq, time: sample.time, prediction });
  }
  return rows;
}
