import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LedgerEntry } from "../../src/core/index.js";
import { entriesOfBlocks, ledgerBlock, releasedBlock } from "../../src/store/ledger-block.js";

const entry = fc.record({
  packetId: fc.integer({ min: 1, max: 40 }),
  hash: fc.constantFrom("", "0123456789abcdef", "2:fedcba9876543210"),
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
            return releasedBlock(one).lines;
          }
          for (const packet of one) {
            expected.delete(packet.packetId);
            expected.set(packet.packetId, packet);
          }
          return ledgerBlock(one).lines;
        });
        expect(entriesOfBlocks(blocks, 1000)).toEqual([...expected.values()]);
      }),
    );
  });

  it("looks at no more than the newest lines", () => {
    const all = [1, 2, 3].map((packetId) => ({ packetId, hash: `a${packetId}` }));
    const blocks = [ledgerBlock(all.slice(0, 2)).lines, ledgerBlock(all.slice(2)).lines];
    expect(entriesOfBlocks(blocks, 2)).toEqual(all.slice(1));
  });
});
