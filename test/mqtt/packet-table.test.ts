import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PacketTable } from "../../src/mqtt/packet-table.js";

interface Thing {
  readonly packetId: number;
  readonly name: number;
}

describe("PacketTable", () => {
  it("is a map by packet id, whatever ids come in whatever order", () => {
    const id = fc.oneof(fc.integer({ min: 1, max: 65_535 }), fc.constantFrom(1, 1025, 2049, 33_793, 65_535));
    const change = fc.record({ id, isSet: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const table = new PacketTable<Thing>();
        const expected = new Map<number, Thing>();
        for (const [name, { id, isSet }] of changes.entries()) {
          if (isSet) {
            table.set({ packetId: id, name });
            expected.set(id, { packetId: id, name });
          } else {
            expect(table.delete(id)).toEqual(expected.get(id));
            expected.delete(id);
          }
          expect(table.get(id)).toEqual(expected.get(id));
          expect(table.has(id)).toBe(expected.has(id));
          expect(table.size).toBe(expected.size);
        }
        expect(table.values()).toEqual([...expected.values()].sort((a, b) => a.packetId - b.packetId));
        table.clear();
        expect(table.size).toBe(0);
        expect(table.values()).toEqual([]);
      }),
      { seed: 7 },
    );
  });
});
