import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LedgerEntry } from "../../src/core/index.js";
import { entriesOfBlocks, ledgerBlock, releasedBlock } from "../../src/store/ledger-block.js";

const entry = fc.record({
  packetId: fc.integer({ min: 1, max: 40 }),
  qos: fc.constantFrom(1 as const, 2 as const),
  hash: fc.oneof(fc.maxSafeNat(), fc.constant(Number.NaN)),
});
const change = fc.oneof(fc.array(entry, { maxLength: 5 }), fc.integer({ min: 1, max: 40 }));

describe("entriesOfBlocks()", () => {
  it("gives what was written last of each packet, in order of arrival, without those that were released", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const expected = new Map<number, LedgerEntry>();
        const blocks = changes.map((one) => {
          if (typeof one === "number") {
            expected.delete(one);
            return releasedBlock(one).bytes;
          }
          for (const packet of one) {
            expected.delete(packet.packetId);
            expected.set(packet.packetId, packet);
          }
          return ledgerBlock(one).bytes;
        });
        expect(entriesOfBlocks(blocks, 1000)).toEqual([...expected.values()]);
      }),
    );
  });

  it("looks at no more than the newest entries", () => {
    const all = [1, 2, 3].map((packetId) => ({ packetId, qos: 1 as const, hash: 100 + packetId }));
    const blocks = [ledgerBlock(all.slice(0, 2)).bytes, ledgerBlock(all.slice(2)).bytes];
    expect(entriesOfBlocks(blocks, 2)).toEqual(all.slice(1));
  });
});
