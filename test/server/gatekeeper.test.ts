import { describe, expect, it } from "vitest";
import { Gatekeeper, isOwnName, isSameOrigin } from "../../src/server/gatekeeper.js";

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

describe("Gatekeeper", () => {
  it("admit() takes the password under any user's name, and nothing else", async () => {
    const keeper = new Gatekeeper("öpen:sesame");
    expect(await keeper.admit(basic("eddy:öpen:sesame"))).toBe("admitted");
    expect(await keeper.admit(basic(":öpen:sesame"))).toBe("admitted");
    for (const wrong of ["eddy:open", "öpen:sesame", "eddy:", "eddy:öpen:sesame "]) {
      expect(await keeper.admit(basic(wrong))).toBe("refused");
    }
    for (const header of [undefined, "", "Basic", "Bearer x", "Basic !!!", `Basic ${"A".repeat(9000)}`]) {
      expect(await keeper.admit(header)).toBe("refused");
    }
  });

  it("admit() compares a bounded number of passwords at a time; the right one is known from then on", async () => {
    const keeper = new Gatekeeper("right");
    const guesses = Array.from({ length: 10 }, (_, i) => keeper.admit(basic(`x:guess ${i}`)));
    expect((await Promise.all(guesses)).filter((one) => one === "busy")).toHaveLength(8);
    await keeper.admit(basic("x:right"));
    const known = Array.from({ length: 10 }, () => keeper.admit(basic("x:right")));
    expect(new Set(await Promise.all(known))).toEqual(new Set(["admitted"]));
  });
});

describe("isOwnName()", () => {
  it("takes names of this machine only", () => {
    const hosts = [
      "localhost:3339",
      "127.0.0.1",
      "[::1]:80",
      "evil.example:3339",
      "127.0.0.1.evil.example",
      undefined,
    ];
    expect(hosts.map(isOwnName)).toEqual([true, true, true, false, false, false]);
  });
});

describe("isSameOrigin()", () => {
  it.each([
    [{ host: "a:1" }, true],
    [{ host: "a:1", origin: "http://a:1" }, true],
    [{ host: "a:1", origin: "http://a:1", "sec-fetch-site": "same-origin" }, true],
    [{ host: "a:1", origin: "http://a:2" }, false],
    [{ host: "a:1", origin: "null" }, false],
    [{ host: "a:1", "sec-fetch-site": "cross-site" }, false],
    [{ host: "a:1", origin: "http://a:1", "sec-fetch-site": "same-site" }, false],
  ])("of %j is %s", (headers, expected) => {
    expect(isSameOrigin(headers)).toBe(expected);
  });
});
