import { describe, expect, it } from "vitest";
import { ManualClock } from "../../src/core/index.js";
import { DropWatch } from "../../src/runtime/drop-watch.js";
import { silentLog } from "../../src/runtime/log.js";

function watched() {
  const clock = new ManualClock(0);
  const said: string[] = [];
  const remarks: (string | undefined)[] = [];
  const counters = { brokerDropped: 0 };
  const watch = new DropWatch({
    ...{ name: "pump", clock, counters },
    log: { ...silentLog, warn: (message) => said.push(message) },
    onRemark: (why) => remarks.push(why),
  });
  return { clock, said, remarks, counters, watch };
}

describe("DropWatch", () => {
  it("says nothing while nothing is dropped", () => {
    const { said, remarks, watch } = watched();
    for (const total of [0, 0]) watch.counted(total);
    watch.check();
    expect([said, remarks]).toEqual([[], []]);
  });

  it("tells of drops that were there at the start, once, and doesn't count them", () => {
    const { said, remarks, counters, watch } = watched();
    for (const total of [37, 37]) watch.counted(total);
    expect(said).toEqual([
      expect.stringMatching(/^pump: the broker has dropped 37 messages since it was started, perhaps some/),
    ]);
    expect([remarks, counters.brokerDropped]).toEqual([[], 0]);
  });

  it("warns of drops at once, and of those since once a minute, with what to change", () => {
    const { clock, said, counters, watch } = watched();
    for (const total of [3, 5, 6, 9]) watch.counted(total);
    clock.advance(60_000);
    watch.counted(10);
    expect(said.slice(1)).toEqual([
      expect.stringMatching(/^pump: the broker drops messages, 2 now: .* raise max_queued_messages/),
      expect.stringMatching(/^pump: the broker drops messages, 5 now: /),
    ]);
    expect(counters.brokerDropped).toBe(7);
  });

  it("counts from 0 where the broker was started again", () => {
    const { counters, watch } = watched();
    for (const total of [0, 8, 0, 2]) watch.counted(total);
    expect(counters.brokerDropped).toBe(10);
  });

  it("leaves it in the status until ten minutes have passed without", () => {
    const { clock, remarks, watch } = watched();
    for (const total of [0, 1]) watch.counted(total);
    clock.advance(599_999);
    watch.check();
    expect(remarks).toEqual([expect.stringMatching(/^the broker drops messages, 1 since the start: /)]);
    clock.advance(1);
    watch.check();
    watch.check();
    expect(remarks.slice(1)).toEqual([undefined]);
  });
});
