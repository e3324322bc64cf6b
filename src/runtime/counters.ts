import { type Batch, FAULTS, type Note } from "../core/index.js";
import { requestedAlerts } from "../stream/index.js";
import { Durations } from "./durations.js";

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
  /** Messages that the broker has dropped since the start, of whatever client. */
  brokerDropped = 0;
  /** Symbols that no network was trained on. */
  unknownSymbols = 0;
  /** Events not stepped and dead letters, by reason. */
  readonly reasons = new Map<Note, number>();
  /** The first event that a stage failed at, and why; undefined: none. */
  firstFault: string | undefined;
  /** From a batch's arrival until it is on disk, counted once an event. */
  readonly latency = new Durations();
  /** From handing a batch to the store until it is on disk. */
  readonly commits = new Durations();
  /** Event time of the newest event that was committed, ms; undefined before the first. */
  newestTime: number | undefined;

  /** @param now by the clock that stamped the arrivals, ms; absent: nobody waits for it (a recording) */
  count(batch: Batch, now?: number): void {
    this.events += batch.events.length;
    const newest = batch.events.at(-1)?.sample;
    const oldest = batch.events[0]?.sample;
    if (newest && oldest && now !== undefined) {
      this.newestTime = newest.time;
      this.latency.add(now - oldest.arrival, now, batch.events.length);
    }
    for (const event of batch.events) {
      this.unknownSymbols += event.unknown;
      if (event.note === "") this.stepped++;
      else this.#add(event.note);
      if (event.change?.state === "raised") this.alertsRaised++;
      if (event.change?.state === "cleared") this.alertsCleared++;
    }
    for (const { change } of requestedAlerts(batch)) if (change.state === "raised") this.alertsRaised++;
    const fault = batch.log.find(({ slot }) => slot === FAULTS);
    if (fault) this.firstFault ??= `${fault.kind} failed at event ${fault.position}, ${fault.why}`;
    this.deadLetters += batch.deadLetters.length;
    for (const letter of batch.deadLetters) this.#add(letter.reason);
  }

  #add(reason: Note): void {
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
  }
}
