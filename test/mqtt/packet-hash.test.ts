import { describe, expect, it } from "vitest";
import { packetHash } from "../../src/mqtt/index.js";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("packetHash()", () => {
  it("is the first 16 digits of SHA-256 over topic, NUL and payload", () => {
    // printf 'a/b\0{"v":1}' | sha256sum
    expect(packetHash("a/b", bytes('{"v":1}'))).toBe("d8446bd526d3d6b2");
  });

  it("tells apart what concatenates alike", () => {
    expect(packetHash("a", bytes("bc"))).not.toBe(packetHash("ab", bytes("c")));
  });
});
