import { describe, expect, it } from "vitest";
import { type DeadLetter, ManualClock, streamEvent } from "../../src/core/index.js";
import { FirstSigns } from "../../src/runtime/first-signs.js";
import { offlineHint } from "../../src/runtime/offline-hint.js";
import { type Pipeline, parsePipeline } from "../../src/spec/index.js";

const { pipeline } = parsePipeline("name: pump\ninput: { topics: [plant/+/rms] }\ntarget: rms\n") as {
  pipeline: Pipeline;
};

function rig(lookAround?: () => Promise<readonly string[]>) {
  const said: string[] = [];
  const clock = new ManualClock(1000);
  const say = (message: string) => said.push(message);
  const log = { info: say, warn: say, error: say };
  return { said, clock, signs: new FirstSigns({ pipeline, clock, log, lookAround }) };
}

const letter = (reason: DeadLetter["reason"], detail: string): DeadLetter => {
  return { reason, detail, topic: "plant/7/rms", arrival: 0, payload: new Uint8Array(0), bytes: 0 };
};
const EVENT = streamEvent({ key: "a", time: 0, arrival: 0, values: {} });

describe("FirstSigns", () => {
  it("says once, after half a minute without a message, which topics there are instead", async () => {
    const topics = ["plant/7/RMS", "a", "b", "c", "d", "e", "f"];
    const { said, clock, signs } = rig(async () => topics);
    await signs.check(0);
    signs.online();
    clock.advance(29_999);
    await signs.check(0);
    expect(said).toEqual([]);
    clock.advance(1);
    await signs.check(0);
    await signs.check(0);
    expect(said).toEqual([
      "pump: no message has come on plant/+/rms for 30 s; on this broker messages come on plant/7/RMS, a, b, c, d, and 2 more",
    ]);
  });

  it.each([
    ["that only retained messages come", 2, async () => ["x"], "but for retained ones"],
    ["that there are none at all", 0, async () => [], "nor on any other topic that Eddy may read"],
    ["no more where nobody can look", 0, () => Promise.reject(new Error("not authorized")), "for 30 s"],
  ] as const)("says %s", async (_, ignored, lookAround, words) => {
    const { said, clock, signs } = rig(lookAround);
    signs.online();
    clock.advance(30_000);
    await signs.check(ignored);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(words);
  });

  it("says what is wrong when the first messages can't be used, once", () => {
    const { said, signs } = rig();
    const missing = letter(
      "missing-field",
      'expected a number in field "rms", found none; the payload has "RMS"',
    );
    signs.committed({ events: [], deadLetters: [missing, missing] });
    expect(said).toEqual([]);
    signs.committed({ events: [], deadLetters: [letter("unreadable", 'expected JSON, found "on"')] });
    signs.committed({ events: [], deadLetters: [missing] });
    expect(said).toEqual([
      'pump: none of the first 3 messages could be used; the last, on plant/7/rms: unreadable: expected JSON, found "on"; the pipeline reads them as json',
    ]);
  });

  it("is silent once an event has come, whatever comes after", async () => {
    const { said, clock, signs } = rig(async () => []);
    signs.online();
    signs.committed({ events: [EVENT], deadLetters: [] });
    signs.committed({ events: [], deadLetters: Array(9).fill(letter("unreadable", "x")) });
    clock.advance(60_000);
    await signs.check(0);
    expect(said).toEqual([]);
  });
});

describe("offlineHint()", () => {
  it.each([
    ["connect ECONNREFUSED 127.0.0.1:1883", "is the broker running"],
    ["getaddrinfo ENOTFOUND brokr", "no host of that name"],
    ["Connection refused: Not authorized", "EDDY_BROKER_USERNAME"],
    ["Connection refused: Bad username or password", "user name and password"],
    ["self-signed certificate in certificate chain", "broker.ca"],
    ["write EPROTO 140:error:0A00010B:SSL routines::wrong version number", "mqtts://"],
  ])("knows what may help with: %s", (why, hint) => {
    expect(offlineHint(why)).toContain(hint);
  });

  it("says nothing where it knows nothing", () => {
    expect(offlineHint("the broker is closing")).toBe("");
  });
});
