import { describe, expect, it } from "vitest";
import { ManualClock } from "../../src/core/index.js";
import { silentLog } from "../../src/runtime/log.js";
import { PagingWatch } from "../../src/runtime/paging-watch.js";

function watched() {
  const clock = new ManualClock(0);
  const said: string[] = [];
  const log = { ...silentLog, warn: (message: string) => said.push(message) };
  return { clock, said, watch: new PagingWatch({ name: "pump", clock, log, memoryBytes: 64 * 1024 ** 2 }) };
}

describe("PagingWatch", () => {
  it("says nothing while keys come back after a start, or new ones take the place of old ones", () => {
    const { said, watch } = watched();
    watch.check({ fetched: 9000, displaced: 0 }, 10_000);
    watch.check({ fetched: 9000, displaced: 9000 }, 20_000);
    watch.check({ fetched: 9900, displaced: 9900 }, 30_000);
    expect(said).toEqual([]);
  });

  it("takes its counts from a pager, which has no properties of its own", () => {
    const { said, watch } = watched();
    class Counting {
      get fetched() {
        return 7;
      }
      get displaced() {
        return 0;
      }
    }
    for (const events of [400, 800, 1200]) watch.check(new Counting(), events);
    expect(said).toEqual([]);
  });

  it("says once a minute what to change where busy keys take turns in memory", () => {
    const { clock, said, watch } = watched();
    for (const times of [1, 2, 3])
      watch.check({ fetched: 5000 * times, displaced: 6000 * times }, 10_000 * times);
    expect(said).toEqual([
      expect.stringMatching(/^pump: more keys .* at 50 % of the events .* "store: \{ memory \}" \(64 MiB\)/),
    ]);
    clock.advance(60_000);
    watch.check({ fetched: 20_000, displaced: 30_000 }, 40_000);
    expect(said).toHaveLength(2);
  });
});
