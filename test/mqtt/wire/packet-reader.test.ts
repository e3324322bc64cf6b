import fc from "fast-check";
import { generate, type Packet } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { type LinkPacket, PacketReader } from "../../../src/mqtt/wire/packet-reader.js";

type Read =
  | { readonly publish: LinkPacket }
  | { readonly puback: readonly [number, number] }
  | { readonly pubrel: number }
  | { readonly other: string };

function newReader(is5: boolean, { maxPacketBytes = 1_000_000, onPublish = () => {} } = {}) {
  const read: Read[] = [];
  const reader = new PacketReader(
    { is5, maxPacketBytes },
    {
      onPublish: (publish) => {
        read.push({ publish });
        onPublish();
      },
      onPuback: (packetId, reasonCode) => read.push({ puback: [packetId, reasonCode] }),
      onPubrel: (packetId) => read.push({ pubrel: packetId }),
      onOther: (packet) => read.push({ other: packet.toString("hex") }),
    },
  );
  return { read, reader };
}

const topics = fc.string({ minLength: 1, maxLength: 200, unit: "grapheme" }).filter((t) => !/[+#\0]/.test(t));

/** What a broker may send, as mqtt-packet writes it, and what is to be read of it. */
const publishes = fc
  .record({
    topic: topics,
    payload: fc.uint8Array({ maxLength: 400 }),
    qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
    retain: fc.boolean(),
    dup: fc.boolean(),
    messageId: fc.integer({ min: 1, max: 65_535 }),
    properties: fc.record(
      {
        payloadFormatIndicator: fc.boolean(),
        messageExpiryInterval: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        contentType: fc.string({ maxLength: 40 }),
        responseTopic: topics,
        correlationData: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
        subscriptionIdentifier: fc.integer({ min: 1, max: 268_435_455 }),
        userProperties: fc.dictionary(
          fc.string({ minLength: 1, maxLength: 20 }),
          fc.string({ maxLength: 20 }),
          { minKeys: 1 },
        ),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ payload, ...rest }) => ({ cmd: "publish" as const, payload: Buffer.from(payload), ...rest }));

describe("PacketReader", () => {
  it.each([true, false])("reads what mqtt-packet writes, however it is cut (MQTT 5: %s)", (is5) => {
    fc.assert(
      fc.property(
        fc.array(publishes, { maxLength: 8 }),
        fc.array(fc.nat(600), { maxLength: 20 }),
        (packets, cuts) => {
          const bytes = Buffer.concat(
            packets.map((one) => generate(one as Packet, { protocolVersion: is5 ? 5 : 4 })),
          );
          const { read, reader } = newReader(is5);
          let from = 0;
          for (const cut of [...cuts, bytes.length]) {
            if (from < bytes.length) reader.take(bytes.subarray(from, from + cut + 1));
            from += cut + 1;
          }
          expect(read).toEqual(
            packets.map(({ topic, payload, qos, retain, dup, messageId, properties }) => ({
              publish: {
                topic,
                payload,
                qos,
                retain,
                isDuplicate: dup,
                packetId: qos === 0 ? 0 : messageId,
                responseTopic: is5 ? properties.responseTopic : undefined,
                correlationData: is5 ? properties.correlationData : undefined,
              },
            })),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it("a small payload holds on to little of what came with it; a large one is not copied", () => {
    const { read, reader } = newReader(false);
    const payloads = [...Array.from({ length: 500 }, (_, i) => `{"value":${i}}`), "x".repeat(40_000)];
    const chunk = Buffer.concat(
      payloads.map((payload) =>
        generate({ cmd: "publish", topic: "t", payload, qos: 0, retain: false, dup: false } as Packet),
      ),
    );
    reader.take(Buffer.from(new Uint8Array(chunk).buffer));
    const own = read.map((one) => ("publish" in one ? one.publish.payload : new Uint8Array()));
    expect(own.map((payload) => Buffer.from(payload).toString())).toEqual(payloads);
    expect(Math.max(...own.slice(0, -1).map((payload) => payload.buffer.byteLength))).toBeLessThan(10_000);
    expect(own.at(-1)?.buffer.byteLength).toBeGreaterThan(40_000);
  });

  it("reads PUBACK with and without a reason, and PUBREL; passes on the rest as it is", () => {
    const { read, reader } = newReader(true);
    const bytes = ["40020007", "4003000897", "40040009100000", "62020102", "d000", "20020000"].map((hex) =>
      Buffer.from(hex, "hex"),
    );
    bytes[2] = Buffer.from("400400091000", "hex");
    reader.take(Buffer.concat(bytes));
    expect(read).toEqual([
      { puback: [7, 0] },
      { puback: [8, 0x97] },
      { puback: [9, 0x10] },
      { pubrel: 258 },
      { other: "d000" },
      { other: "20020000" },
    ]);
  });

  it("hands over nothing behind the packet at which it is held, and goes on there", () => {
    const packet = generate({ cmd: "publish", topic: "a", payload: "x", qos: 0, retain: false, dup: false });
    const held = newReader(false, { onPublish: () => held.reader.hold() });
    held.reader.take(Buffer.concat([packet, packet, packet.subarray(0, 3)]));
    held.reader.take(packet.subarray(3));
    expect(held.read.length).toBe(1);
    held.reader.goOn();
    expect(held.read.length).toBe(2);
    held.reader.goOn();
    held.reader.goOn();
    expect(held.read.length).toBe(3);
  });

  it.each([
    ["a remaining length of five bytes", "30ffffffffff01", "MALFORMED_PACKET"],
    ["a topic longer than its packet", "30030009aa", "MALFORMED_PACKET"],
    ["QoS 3", "3605000161000061", "MALFORMED_PACKET"],
    ["an unknown property", "300600016102ff00", "MALFORMED_PACKET"],
    ["an answer without a packet id", "400100", "MALFORMED_PACKET"],
    ["more than may be", "30ffff7f", "PACKET_TOO_LARGE"],
  ])("refuses %s before it is gathered", (_, hex, code) => {
    const { reader } = newReader(true);
    expect(() => reader.take(Buffer.from(hex, "hex"))).toThrow(expect.objectContaining({ code }));
  });
});
