import { describe, expect, it } from "vitest";
import { isLoopback, parseAddress } from "../../src/server/index.js";

describe("parseAddress()", () => {
  it.each([
    ["127.0.0.1:3339", "127.0.0.1", 3339],
    ["0.0.0.0:80", "0.0.0.0", 80],
    ["[::1]:8080", "::1", 8080],
    ["[::]", "::", 3339],
    ["gateway.local:9000", "gateway.local", 9000],
    ["gateway", "gateway", 3339],
    ["8080", "127.0.0.1", 8080],
    [":8080", "127.0.0.1", 8080],
    ["localhost:0", "localhost", 0],
  ])("reads %s", (text, host, port) => {
    expect(parseAddress(text)).toEqual({ host, port });
  });

  it.each(["", "a b", "host:port", "1.2.3.4:99999", "[1.2.3.4]:80", "::1", "http://x"])(
    "refuses %j",
    (text) => {
      expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: "BAD_ADDRESS" }));
    },
  );
});

describe("isLoopback()", () => {
  it("knows what only this machine reaches", () => {
    const all = [
      "127.0.0.1",
      "127.8.0.1",
      "localhost",
      "::1",
      "0.0.0.0",
      "::",
      "10.0.0.1",
      "127.evil.example",
    ];
    expect(all.filter(isLoopback)).toEqual(["127.0.0.1", "127.8.0.1", "localhost", "::1"]);
  });
});
