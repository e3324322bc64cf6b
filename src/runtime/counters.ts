import type { Batch, Note } from "../core/index.js";

/** What a pipeline has counted since it was started. */
export class Counters {
  events = 0;
  stepped = 0;
  alertsRaised = 0;
  alertsCleared = 0;
  deadLetters = 0;
  ignored = 0;
  /** Left out because the box could not keep up. */
  shed = 0;
  /** Events not stepped and dead letters, by reason. */
  readonly reasons = new Map<Note, number>();

  count(batch: Batch): void {
    this.events += batch.events.length;
    for (const event of batch.events) {
      if (event.note === "") this.stepped++;
      else this.#add(event.note);
      if (event.change?.state === "raised") this.alertsRaised++;
      if (event.change?.state === "cleared") this.alertsCleared++;
    }
    this.deadLetters += batch.deadLetters.length;
    for (const letter of batch.deadLetters) this.#add(letter.reason);
  }

  #add(reason: Note): void {
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
  }
}
