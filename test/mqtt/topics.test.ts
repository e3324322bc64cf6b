import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matches, validTopic } from "../../src/core/index.js";
import { encodeKey, topicsOf } from "../../src/mqtt/index.js";

/** Text as it comes out of UTF-8: no lone surrogates. */
const key = fc.string({ unit: "binary", minLength: 1 });

describe("encodeKey()", () => {
  it.each([
    ["pump-3", "pump-3"],
    ["hall 1/pump+3", "hall 1%2Fpump%2B3"],
    ["100%", "100%25"],
    ["$SYS#", "%24SYS%23"],
    ["a\0b\n\u0085", "a%00b%0A%C2%85"],
    ["Größe 泵", "Größe 泵"],
  ])("encodes what topics reserve, and nothing else: %j", (plain, encoded) => {
    expect(encodeKey(plain)).toBe(encoded);
  });

  it("gives one level of a valid topic that decodes to the key", () => {
    fc.assert(
      fc.property(key, (k) => {
        const encoded = encodeKey(k);
        expect(validTopic(encoded)).toBe(true);
        expect(matches("+", encoded)).toBe(true);
        expect(decodeURIComponent(encoded)).toBe(k);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it("rejects an empty key", () => {
    expect(() => encodeKey("")).toThrow(expect.objectContaining({ code: "EMPTY_KEY" }));
  });
});

describe("topicsOf()", () => {
  it("names the topics of the outer contract", () => {
    const topics = topicsOf("eddy", "pump-vibration");
    expect(topics.prediction("a/b")).toBe("eddy/pump-vibration/a%2Fb/prediction");
    expect(topics.alert("7")).toBe("eddy/pump-vibration/7/alert");
    expect(topics.status).toBe("eddy/pump-vibration/status");
    expect(topics.learning).toBe("eddy/pump-vibration/learning");
    expect(topics.deadLetter).toBe("eddy/pump-vibration/dead-letter");
    expect(matches(topics.requests, topics.request("reset"))).toBe(true);
  });
});
