import { describe, expect, it } from "vitest";
import { KeyedState } from "../../src/core/index.js";
import { type Connection, type OutboundMessage, topicsOf } from "../../src/mqtt/index.js";
import type { PipelineControl } from "../../src/runtime/control/index.js";
import { KeyExpiry } from "../../src/runtime/key-expiry.js";
import { silentLog } from "../../src/runtime/log.js";
import type { PipelineReader } from "../../src/store/index.js";

const MINUTE = 60_000;

function rig(keys: { key: string; lastTime: number }[]) {
  const slot = (name: string) =>
    new KeyedState({ name, version: 1, create: () => 0, write: () => {}, read: () => 0 });
  const [sequence, hidden] = [slot("sequence"), slot("hidden")];
  for (const { key } of keys) for (const one of [sequence, hidden]) one.of(key);
  const asked: unknown[] = [];
  const published: OutboundMessage[] = [];
  const expired: string[] = [];
  const control: Pick<PipelineControl, "request"> = {
    request: async (command, body) => {
      asked.push([command, body]);
      hidden.reset((body as { key: string }).key);
      return { ok: true, command };
    },
  };
  const connection: Pick<Connection, "publish"> = {
    publish: async (message) => {
      published.push(message);
    },
  };
  const store: Pick<PipelineReader, "keys"> = { keys: () => keys.map((one) => ({ ...one, events: 1 })) };
  const expiry = new KeyExpiry({
    name: "pump",
    expireMs: 10 * MINUTE,
    store: store as PipelineReader,
    control: control as PipelineControl,
    connection: connection as Connection,
    topics: topicsOf("eddy", "pump"),
    stages: () => [{ slots: [sequence, hidden], process() {} }],
    log: silentLog,
    onExpired: (key) => expired.push(key),
  });
  return { expiry, asked, published, expired, keys, hidden };
}

describe("KeyExpiry", () => {
  it("lets go of keys that were silent for longer than the newest event allows, once, retained messages too", async () => {
    const { expiry, asked, published, expired } = rig([
      { key: "gone/1", lastTime: 0 },
      { key: "just", lastTime: 10 * MINUTE },
      { key: "new", lastTime: 20 * MINUTE },
    ]);
    await expiry.check();
    await expiry.check();
    expect(asked).toEqual([["reset", { key: "gone/1", why: "expired" }]]);
    expect(expired).toEqual(["gone/1"]);
    expect(published).toEqual([
      { topic: "eddy/pump/gone%2F1/prediction", payload: "", qos: 1, retain: true },
      { topic: "eddy/pump/gone%2F1/alert", payload: "", qos: 1, retain: true },
    ]);
  });

  it("does so again for a key that came back and went", async () => {
    const { expiry, asked, keys, hidden } = rig([
      { key: "a", lastTime: 0 },
      { key: "b", lastTime: 20 * MINUTE },
    ]);
    await expiry.check();
    keys[0] = { key: "a", lastTime: 21 * MINUTE };
    hidden.of("a");
    await expiry.check();
    expect(asked).toHaveLength(1);
    keys[1] = { key: "b", lastTime: 40 * MINUTE };
    await expiry.check();
    expect(asked).toHaveLength(2);
  });

  it("expires nobody while all are silent", async () => {
    const { expiry, asked } = rig([{ key: "a", lastTime: 0 }]);
    await expiry.check();
    expect(asked).toEqual([]);
  });
});
