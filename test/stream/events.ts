import {
  type Batch,
  Delivery,
  type Settlement,
  type StreamEvent,
  streamEvent,
} from "../../src/core/index.js";

/** An event of a key at a time, for tests of stages. */
export function eventOf(key: string, time: number, values: Record<string, number> = {}): StreamEvent {
  return streamEvent({ key, time, arrival: time, values });
}

export function batchOf(events: readonly StreamEvent[], settled: Settlement[] = []): Batch {
  return {
    events,
    requests: [],
    deadLetters: [],
    ledger: [],
    log: [],
    delivery: new Delivery((settlement) => settled.push(settlement)),
  };
}
