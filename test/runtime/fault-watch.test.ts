import { describe, expect, it } from "vitest";
import { type Batch, FAULTS, ManualClock } from "../../src/core/index.js";
import { FaultWatch } from "../../src/runtime/fault-watch.js";
import { silentLog } from "../../src/runtime/log.js";
import { batchOf, eventOf } from "../stream/events.js";

function watched() {
  const clock = new ManualClock(0);
  const said: string[] = [];
  const statuses: (string | undefined)[] = [];
  const watch = new FaultWatch({
    ...{ name: "pump", clock },
    log: { ...silentLog, error: (message) => said.push(message) },
    onDegraded: (why) => statuses.push(why),
  });
  return { clock, said, statuses, watch };
}

let position = 0;

/** A batch of one event. */
function batch(isFault: boolean): Batch {
  const event = eventOf("a", 0);
  const made = batchOf([event]);
  position++;
  if (!isFault) return made;
  event.note = "fault";
  made.log.push({ position, slot: FAULTS, kind: "features", why: "why", body: new Uint8Array(0) });
  return made;
}

describe("FaultWatch", () => {
  it("tells of the first fault at once, and of those since once a minute", () => {
    const { clock, said, watch } = watched();
    position = 6;
    watch.committed(batch(true));
    for (let i = 0; i < 4; i++) watch.committed(batch(true));
    expect(said).toEqual([
      "pump: a fault of Eddy's own, the event was left out: features failed at event 7, why",
    ]);
    clock.advance(60_000);
    watch.committed(batch(true));
    expect(said.slice(1)).toEqual([
      "pump: a fault of Eddy's own, the event was left out: features failed at event 12, why (and 4 more since the last such line)",
    ]);
  });

  it("tells of payloads at which a codec failed", () => {
    const { said, watch } = watched();
    const letter = { topic: "a/b", arrival: 0, payload: new Uint8Array(0), bytes: 0 };
    watch.committed({
      ...batchOf([]),
      deadLetters: [
        { ...letter, reason: "unreadable", detail: "not told of" },
        { ...letter, reason: "fault", detail: "what it says" },
      ],
    });
    expect(said).toEqual([expect.stringContaining('a payload on "a/b" became a dead letter: what it says')]);
  });

  it("calls the pipeline degraded while most events fail, and no longer when few do", () => {
    const { statuses, watch } = watched();
    for (let i = 0; i < 100; i++) watch.committed(batch(i % 4 === 0));
    expect(statuses).toEqual([]);
    for (let i = 0; i < 50; i++) watch.committed(batch(true));
    expect(statuses).toEqual(["features fails at most events: why"]);
    for (let i = 0; i < 200; i++) watch.committed(batch(false));
    expect(statuses).toEqual(["features fails at most events: why", undefined]);
  });
});
