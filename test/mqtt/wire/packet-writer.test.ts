import fc from "fast-check";
import { type IPublishPacket, type Packet, parser } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import type { OutboundMessage } from "../../../src/mqtt/index.js";
import { PacketWriter, wireSize } from "../../../src/mqtt/wire/packet-writer.js";

function newWriter(is5: boolean) {
  const writes: Buffer[] = [];
  const unanswered: number[] = [];
  const writer = new PacketWriter(is5, (bytes, count) => {
    writes.push(Buffer.from(bytes));
    unanswered.push(count);
    return false;
  });
  const packets = (): Packet[] => {
    const read: Packet[] = [];
    const reader = parser({ protocolVersion: is5 ? 5 : 4 });
    reader.on("packet", (packet) => read.push(packet));
    reader.parse(Buffer.concat(writes));
    return read;
  };
  return { writer, writes, unanswered, packets };
}

const messages: fc.Arbitrary<OutboundMessage> = fc.record(
  {
    topic: fc.string({ minLength: 1, maxLength: 100, unit: "grapheme" }).filter((t) => !/[+#\0]/.test(t)),
    payload: fc.oneof(fc.string({ maxLength: 300, unit: "grapheme" }), fc.uint8Array({ maxLength: 70_000 })),
    qos: fc.constantFrom(0 as const, 1 as const),
    retain: fc.boolean(),
    expirySeconds: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    contentType: fc.string({ maxLength: 40 }),
    eddyId: fc.string({ maxLength: 200, unit: "grapheme" }),
    correlationData: fc.uint8Array({ maxLength: 40 }),
  },
  { requiredKeys: ["topic", "payload", "qos"] },
);

describe("PacketWriter", () => {
  it.each([true, false])("writes what mqtt-packet reads (MQTT 5: %s)", (is5) => {
    fc.assert(
      fc.property(fc.array(messages, { maxLength: 6 }), (sent) => {
        const { writer, writes, packets } = newWriter(is5);
        for (const [i, message] of sent.entries()) writer.publish(message, i + 1);
        writer.flush();
        const read = packets() as IPublishPacket[];
        expect(read.length).toBe(sent.length);
        for (const [i, message] of sent.entries()) {
          const { topic, payload, qos, retain, messageId, properties } = read[i] as IPublishPacket;
          expect({ topic, qos, retain }).toEqual({
            topic: message.topic,
            qos: message.qos,
            retain: message.retain ?? false,
          });
          expect(Buffer.from(payload)).toEqual(Buffer.from(message.payload as Uint8Array));
          if (qos === 1) expect(messageId).toBe(i + 1);
          if (!is5) continue;
          expect(properties?.messageExpiryInterval).toBe(message.expirySeconds);
          expect(properties?.contentType).toBe(message.contentType);
          expect(properties?.userProperties?.["eddy-id"]).toBe(message.eddyId);
          expect(properties?.correlationData).toEqual(
            message.correlationData && Buffer.from(message.correlationData),
          );
        }
        const bound = sent.reduce((sum, message) => sum + wireSize(message), 0);
        expect(Buffer.concat(writes).length).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 200 },
    );
  });

  it("uses its memory again, but none that the network has not taken", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(messages, fc.boolean(), fc.boolean())), (sent) => {
        const taken: Buffer[] = [];
        const waiting: Buffer[] = [];
        const take = () => taken.push(...waiting.splice(0).map((bytes) => Buffer.from(bytes)));
        let isTaken = false;
        const reusing = new PacketWriter(true, (bytes) => {
          waiting.push(bytes);
          if (isTaken) take();
          return isTaken;
        });
        const { writer, writes } = newWriter(true);
        for (const [i, [message, ends, takes]] of sent.entries()) {
          isTaken = takes;
          for (const one of [reusing, writer]) {
            one.publish(message, i + 1);
            if (ends) one.flush();
          }
        }
        for (const one of [reusing, writer]) one.flush();
        take();
        expect(Buffer.concat(taken).equals(Buffer.concat(writes))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("writes the packets of a turn at once, in order, and says how many of them nobody answers", async () => {
    const { writer, writes, unanswered, packets } = newWriter(true);
    writer.answer("puback", 7);
    writer.publish({ topic: "a", payload: "1", qos: 0 }, 0);
    writer.publish({ topic: "a", payload: "2", qos: 1 }, 1);
    writer.answer("pubrec", 8);
    writer.answer("pubcomp", 9);
    expect(writes).toEqual([]);
    await Promise.resolve();
    expect(writes.length).toBe(1);
    expect(unanswered).toEqual([1]);
    expect(packets().map(({ cmd }) => cmd)).toEqual(["puback", "publish", "publish", "pubrec", "pubcomp"]);
  });
});
