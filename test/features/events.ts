import { Rng, type StreamEvent, streamEvent } from "../../src/core/index.js";

const START = Date.UTC(2024, 1, 28, 20);

/** Events of one key, five minutes apart, in accepted order; the first begins a sequence. */
export function eventsOf(
  fields: Readonly<Record<string, readonly number[]>>,
  key = "pump-3",
  startMs = START,
): StreamEvent[] {
  const names = Object.keys(fields);
  const length = fields[names[0] ?? ""]?.length ?? 0;
  return Array.from({ length }, (_, i) => {
    const time = startMs + 300_000 * i;
    const values = Object.fromEntries(names.map((name) => [name, fields[name]?.[i] ?? Number.NaN]));
    const event = streamEvent({ key, time, arrival: time, values });
    event.seq = i + 1;
    event.begins = i === 0;
    return event;
  });
}

/** Three keys in turn, with gaps, spikes, standstills, and events that are not to be stepped. */
export function mixedEvents(): StreamEvent[] {
  const rng = new Rng(5);
  const streams = ["a", "b", "ü/c"].map((key, at) => {
    const walk = Array.from({ length: 80 }, (_, i) => (i % 29 === 28 ? 1e6 : at + rng.normal()));
    const level = Array.from({ length: 80 }, (_, i) => (i < 40 ? 3 : 3 + Math.floor(rng.uniform() * 3)));
    return eventsOf({ rms: walk, temperature: level }, key);
  });
  const events = Array.from({ length: 240 }, (_, i) => streams[i % 3]?.[Math.floor(i / 3)]).filter(
    (event) => event !== undefined,
  );
  for (const [index, event] of events.entries()) {
    if (index % 50 === 49) event.begins = true;
    if (index % 17 === 16) event.note = "late";
  }
  return events;
}
