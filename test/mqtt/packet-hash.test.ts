import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packetHash } from "../../src/mqtt/index.js";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("packetHash()", () => {
  it("is what the ledgers of earlier runs have of the same packet", () => {
    expect(packetHash("a/b", bytes('{"v":1}'))).toBe(6766949481972538);
  });

  it("tells apart what concatenates alike", () => {
    expect(packetHash("a", bytes("bc"))).not.toBe(packetHash("ab", bytes("c")));
    expect(packetHash("a", bytes("b"))).not.toBe(packetHash("a", bytes("b\0")));
    expect(packetHash("a", bytes(""))).not.toBe(packetHash("a", bytes("\0")));
  });

  it("is an integer that JSON and SQLite keep, and another for any bit that differs", () => {
    const packet = fc.record({ topic: fc.string(), payload: fc.uint8Array({ minLength: 1, maxLength: 80 }) });
    fc.assert(
      fc.property(packet, fc.nat(), ({ topic, payload }, place) => {
        const hash = packetHash(topic, payload);
        const other = payload.slice();
        const bit = place % (8 * payload.length);
        other[bit >> 3]! ^= 1 << (bit & 7);
        expect(Number.isSafeInteger(hash) && hash >= 0).toBe(true);
        expect(packetHash(topic, payload.slice())).toBe(hash);
        expect(packetHash(topic, other)).not.toBe(hash);
      }),
      { seed: 7, numRuns: 1000 },
    );
  });

  it("spreads packets that hardly differ over all of its 53 bits", () => {
    const hashes = Array.from({ length: 20_000 }, (_, i) =>
      packetHash("plant/pump-7/events", bytes(`{"v":${i}}`)),
    );
    expect(new Set(hashes).size).toBe(hashes.length);
    for (let bit = 0; bit < 53; bit++) {
      const share = hashes.filter((hash) => Math.floor(hash / 2 ** bit) % 2 === 1).length / hashes.length;
      expect(Math.abs(share - 0.5)).toBeLessThan(0.02);
    }
  });
});
