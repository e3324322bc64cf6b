import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PacketGauge } from "../../src/mqtt/wire/packet-gauge.js";

/** A header that says that so many bytes come. */
function header(length: number): number[] {
  const bytes = [0x30];
  for (let left = length; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}
/** A whole packet; its content would be a long header if it were taken for one. */
const packet = (length: number) => Buffer.concat([Buffer.from(header(length)), Buffer.alloc(length, 0xff)]);

/** What is said of a stream that is cut into chunks of these sizes. */
function gauged(stream: Uint8Array, most: number, sizes: readonly number[] = []) {
  const gauge = new PacketGauge(most);
  let at = 0;
  for (const size of [...sizes, stream.length]) {
    const excess = gauge.take(stream.subarray(at, at + size));
    if (excess) return excess;
    at += size;
  }
  return undefined;
}

describe("PacketGauge", () => {
  it("takes packets up to the limit, and refuses at its header one that is longer", () => {
    const first = packet(20);
    const fits = Buffer.concat([first, packet(1000), Buffer.from(header(1000))]);
    expect(gauged(fits, 1000)).toBeUndefined();
    expect(gauged(Buffer.concat([first, Buffer.from(header(1001))]), 1000)).toEqual({
      expected: "packets of at most 1000 bytes",
      found: "one of 1001",
    });
  });

  it("takes no first packet that is longer than any CONNECT", () => {
    const most = 10 + 5 * 65_537;
    expect(gauged(Uint8Array.from(header(most)), 2 ** 24)).toBeUndefined();
    expect(gauged(Uint8Array.from(header(most + 1)), 2 ** 24)).toMatchObject({ found: `one of ${most + 1}` });
  });

  it("refuses a length of five bytes", () => {
    expect(gauged(Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0xff), 2 ** 28)).toMatchObject({ found: "more" });
  });

  it("says the same however the bytes are cut", () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 8 });
    fc.assert(
      fc.property(lengths, fc.array(fc.nat(60)), (payloads, sizes) => {
        const stream = Buffer.concat(payloads.map(packet));
        const expected = payloads.find((bytes) => bytes > 300);
        const excess = gauged(stream, 300, sizes);
        expect(excess?.found).toBe(expected === undefined ? undefined : `one of ${expected}`);
      }),
      { seed: 3 },
    );
  });
});
