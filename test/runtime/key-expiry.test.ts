import { describe, expect, it } from "vitest";
import { type Connection, type OutboundMessage, topicsOf } from "../../src/mqtt/index.js";
import type { PipelineControl } from "../../src/runtime/control/index.js";
import { KeyExpiry } from "../../src/runtime/key-expiry.js";
import { silentLog } from "../../src/runtime/log.js";
import type { PipelineReader } from "../../src/store/index.js";
import type { KeyPager } from "../../src/stream/index.js";

const MINUTE = 60_000;

/** Keys in memory and in the store, with the event time of each one's newest event. */
function rig(resident: Record<string, number>, stored: Record<string, number> = {}) {
  const heard = new Map(Object.entries(resident));
  const paged = new Map(Object.entries(stored));
  const asked: unknown[] = [];
  const published: OutboundMessage[] = [];
  const expired: string[] = [];
  const control: Pick<PipelineControl, "request" | "tell"> = {
    tell: async ({ kind }) => ({ ok: true, command: kind }),
    request: async (command, body) => {
      const { key } = body as { key: string };
      asked.push([command, body]);
      heard.delete(key);
      paged.delete(key);
      return { ok: true, command };
    },
  };
  const connection: Pick<Connection, "publish"> = {
    publish: async (message) => {
      published.push(message);
    },
  };
  const pager: Pick<KeyPager, "newest" | "quiet" | "isResident"> = {
    get newest() {
      return Math.max(...heard.values());
    },
    *quiet(since) {
      for (const [key, time] of heard) if (time < since) yield key;
    },
    isResident: (key) => heard.has(key),
  };
  const store: Pick<PipelineReader, "lookThrough" | "lookForGone"> = {
    lookForGone: () => ({ found: [], at: undefined }),
    lookThrough: (after, bounds) => ({
      found: [...paged].flatMap(([key, time]) =>
        time < bounds.heard ? [{ key, heard: time, due: null }] : [],
      ),
      at: after + bounds.count,
    }),
  };
  const expiry = new KeyExpiry({
    name: "pump",
    expireMs: 10 * MINUTE,
    store,
    pager: () => pager,
    control,
    connection,
    topics: topicsOf("eddy", "pump"),
    log: silentLog,
    onExpired: (key) => expired.push(key),
  });
  return { expiry, asked, published, expired, heard };
}

describe("KeyExpiry", () => {
  it("lets go of keys that were silent for longer than the newest event allows, once, retained messages too", async () => {
    const { expiry, asked, published, expired } = rig({ "gone/1": 0, just: 10 * MINUTE, new: 20 * MINUTE });
    await expiry.check();
    await expiry.check();
    expect(asked).toEqual([["reset", { key: "gone/1", why: "expired" }]]);
    expect(expired).toEqual(["gone/1"]);
    expect(published).toEqual([
      { topic: "eddy/pump/gone%2F1/prediction", payload: "", qos: 1, retain: true },
      { topic: "eddy/pump/gone%2F1/alert", payload: "", qos: 1, retain: true },
    ]);
  });

  it("does so with keys that are in the store alone, and leaves alone what the store knows less of than memory", async () => {
    const { expiry, expired } = rig(
      { back: 20 * MINUTE, new: 20 * MINUTE },
      { back: 0, old: 0, just: 11 * MINUTE },
    );
    await expiry.check();
    expect(expired).toEqual(["old"]);
  });

  it("does so again for a key that came back and went", async () => {
    const { expiry, asked, heard } = rig({ a: 0, b: 20 * MINUTE });
    await expiry.check();
    heard.set("a", 21 * MINUTE);
    await expiry.check();
    expect(asked).toHaveLength(1);
    heard.set("b", 40 * MINUTE);
    await expiry.check();
    expect(asked).toHaveLength(2);
  });

  it("expires nobody while all are silent, or before there was an event", async () => {
    for (const one of [rig({ a: 0 }), rig({}, { a: 0 })]) {
      await one.expiry.check();
      expect(one.asked).toEqual([]);
    }
  });
});
