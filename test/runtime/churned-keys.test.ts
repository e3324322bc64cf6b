import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { topicsOf } from "../../src/mqtt/index.js";
import { PipelineControl } from "../../src/runtime/control/index.js";
import { KeyExpiry } from "../../src/runtime/key-expiry.js";
import { silentLog } from "../../src/runtime/log.js";
import { newDirectory } from "../store/rows.js";
import { Live, NAME } from "../stream/churned.js";

describe("a stream whose keys are new ones all the time", () => {
  it("leaves no more rows in its store than live keys and what retention keeps want", async () => {
    const directory = newDirectory();
    const live = await Live.start(directory);
    const control = new PipelineControl({ store: live.own, zone: "UTC" });
    control.open({
      send(request) {
        void live.whole({ requests: [request] }).then(() => request.onSettled?.(request));
        return true;
      },
    });
    const expiry = new KeyExpiry({
      ...{ name: NAME, expireMs: 100, store: live.own, pager: () => live.pager, control },
      ...{ connection: { publish: async () => {} }, topics: topicsOf("eddy", NAME) },
      ...{ log: silentLog, onExpired: () => {} },
    });
    const db = new Sqlite(join(directory, "eddy.sqlite"), { readonly: true });
    const rowsOf = (table: string) => Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
    const peak = { keys: 0, pages: 0 };
    const seqs: number[] = [];
    for (let n = 0; n < 4000; n += 40) {
      // Every key has two events, and is never seen again.
      const events = Array.from({ length: 40 }, (_, i) => live.event(`k${(n + i) >> 1}`, n + i));
      await live.whole({ events });
      seqs.push(...events.map(({ seq }) => seq));
      await expiry.check();
      if (n % 200 === 0) await live.pager.keepAll();
      peak.keys = Math.max(peak.keys, rowsOf("keys"));
      peak.pages = Math.max(peak.pages, rowsOf("pages"));
    }
    db.close();
    await live.store.close();
    expect(peak.keys).toBeGreaterThan(100);
    expect(peak.keys).toBeLessThan(600);
    expect(peak.pages).toBeLessThan(900);
    // One number stays of 2,000 keys: none of them was counted further than some before it.
    expect(Math.max(...seqs)).toBeLessThan(200);
  }, 60_000);
});
