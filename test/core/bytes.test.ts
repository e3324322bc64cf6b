import { describe, expect, it } from "vitest";
import { giveBack } from "../../src/core/index.js";

describe("giveBack()", () => {
  it("leaves nothing of what had its memory to itself", () => {
    const bytes = new Uint8Array(100_000).fill(7);
    giveBack(bytes);
    expect(bytes.length).toBe(0);
  });

  it("leaves alone what lies beside others", () => {
    const bytes = new Uint8Array(100).fill(7).subarray(10, 20);
    giveBack(bytes);
    expect([...bytes]).toEqual(Array(10).fill(7));
  });
});
