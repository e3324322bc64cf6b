import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Codec } from "../../src/codecs/index.js";

/**
 * The laws that every codec keeps, whatever the bytes.
 *
 * @param payloads real ones, which the codec reads: they are also cut, lengthened and mutated
 */
export function codecLaws(codec: Codec, payloads: readonly Uint8Array[]): void {
  describe(`Codec "${codec.name}"`, () => {
    const real = fc.constantFrom(...payloads);
    const mutated = fc
      .tuple(real, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }), fc.nat())
      .map(([payload, changes, length]) => {
        const bytes = payload.slice(0, length % 3 === 0 ? length % (payload.length + 1) : payload.length);
        for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
        return bytes;
      });
    const spliced = fc
      .tuple(real, fc.uint8Array({ maxLength: 8 }), real)
      .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));
    const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated, spliced);

    it("reads real payloads", () => {
      for (const payload of payloads) expect(codec.read(payload)).not.toHaveProperty("note");
    });

    it("does not throw, and says in short why it could not read", () => {
      fc.assert(
        fc.property(anyBytes, (bytes) => {
          const read = codec.read(bytes);
          if (!("note" in read)) return;
          expect(read.note).toBe("unreadable");
          expect(read.detail).toMatch(/expected .+ found /s);
          expect(read.detail.length).toBeLessThan(300);
        }),
        { seed: 1, numRuns: 3000 },
      );
    });

    it("does not change the payload", () => {
      fc.assert(
        fc.property(anyBytes, (bytes) => {
          const before = bytes.slice();
          codec.read(bytes);
          expect(bytes).toEqual(before);
          expect(Object.keys(bytes)).toHaveLength(bytes.length);
        }),
        { seed: 2, numRuns: 500 },
      );
    });

    it("shares no memory with the payload", () => {
      for (const payload of payloads) {
        const bytes = payload.slice();
        const read = codec.read(bytes);
        const before = structuredClone(read);
        bytes.fill(0xff);
        expect(read).toEqual(before);
      }
    });

    it("gives no more records than the payload has bytes, one at most where it has none", () => {
      fc.assert(
        fc.property(anyBytes, (bytes) => {
          const read = codec.read(bytes);
          if (!("note" in read)) expect(read.length).toBeLessThanOrEqual(Math.max(1, bytes.length));
        }),
        { seed: 3, numRuns: 500 },
      );
    });

    it("reads a payload alike whatever it read before", () => {
      const expected = payloads.map((payload) => structuredClone(codec.read(payload)));
      fc.assert(
        fc.property(anyBytes, fc.nat(payloads.length - 1), (bytes, index) => {
          codec.read(bytes);
          expect(codec.read(payloads[index] ?? bytes)).toEqual(expected[index]);
        }),
        { seed: 4, numRuns: 500 },
      );
    });
  });
}
