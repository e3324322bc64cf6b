import { expect, it } from "vitest";
import { HeldPacket } from "../../src/mqtt/held-packet.js";

it("a packet whose payload was forgotten is settled as ever, and its bytes are known", () => {
  const settled: (readonly [number, boolean])[] = [];
  const content = { topic: "t", payload: new Uint8Array(7), qos: 1, retain: false } as const;
  const packet = new HeldPacket(content, undefined, ({ bytes }, isCommitted) =>
    settled.push([bytes, isCommitted]),
  );
  packet.forgetPayload();
  expect(packet.payload.length).toBe(0);
  packet.acknowledge();
  expect(settled).toEqual([[7, true]]);
  expect(() => packet.refuse()).toThrow(/expected a packet that is not settled yet/);
});
