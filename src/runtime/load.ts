import type { Batch } from "../core/index.js";

/** How far a pipeline is behind, as its status says it. */
export interface LoadFigures {
  /** From arrival to commit, the longest since the last figures, ms. */
  readonly lagMs: number;
  /** From event time to commit, of the newest event, ms: also what waits at the broker shows here. */
  readonly eventLagMs: number;
  /** Packets that wait in this box. */
  readonly waiting: number;
  /** Rows stored and not yet published. */
  readonly unpublished: number;
  /** Events left out because of `overload`. */
  readonly shed: number;
}

/** Measures how far a pipeline is behind. */
export class Load {
  /** Packets that wait behind the batch that is being stepped. */
  waiting = 0;
  #lagMs = 0;
  #eventLagMs = 0;
  #isNew = false;

  /** A batch is on disk. */
  committed({ events }: Batch, now: number): void {
    const [first] = events;
    const last = events.at(-1);
    if (first === undefined || last === undefined) return;
    this.#isNew = true;
    this.#lagMs = Math.max(this.#lagMs, now - first.sample.arrival);
    this.#eventLagMs = now - last.sample.time;
  }

  /** @returns undefined if nothing has been committed since the last figures */
  figures(unpublished: number, shed: number): LoadFigures | undefined {
    if (!this.#isNew) return undefined;
    const figures = {
      lagMs: Math.round(this.#lagMs),
      eventLagMs: Math.round(this.#eventLagMs),
      waiting: this.waiting,
      unpublished,
      shed,
    };
    this.#isNew = false;
    this.#lagMs = 0;
    return figures;
  }
}
