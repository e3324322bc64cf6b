/**
 * A change of a network or a detector: a first training, a promotion, a rollback, a request that was done; or that a
 * stage failed at the event.
 * It takes effect before the event at `position` is stepped, live and in every replay.
 */
export interface LogEntry {
  readonly position: number;
  /** Which stage it belongs to: its slot's name; `request` for what was asked, which may concern several; `fault`. */
  readonly slot: string;
  /** What happened: `checkpoint`, `rejected`, `learned`, `rolled-back`, `retired`. */
  readonly kind: string;
  /** For people: why. */
  readonly why: string;
  /** What the stage needs to do it again: weights, say. */
  readonly body: Uint8Array;
}
