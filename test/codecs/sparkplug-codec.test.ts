import { describe, expect, it } from "vitest";
import { codecOf } from "../../src/codecs/index.js";
import { codecLaws } from "../conformance/codec.js";

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s/g, ""), "hex"));
const sparkplug = codecOf("sparkplug");

/** Made by Eclipse Tahu's encoder (npm sparkplug-payload 1.0.3): one metric of each type that a sample can hold, and Bytes. */
const BIRTH = hex(`
  08eaf2f5a8a02b121e0a094d79204d657472696318eaf2f5a8a02b200c7a084d792056616c756512240a1254656d7065
  7261747572652f537570706c79100118eaf2f5a8a02b2009650000ac41121c0a08507265737375726518eaf2f5a8a02b
  200a690000000000aa8f4012170a064f666673657418eaf2f5a8a02b200350f9ffffff0f12160a05536d616c6c18eaf2
  f5a8a02b200150fdffffff0f121b0a05436f756e7418eaf2f5a8a02b200458809ce8afedffffffff0112160a05546f74
  616c18eaf2f5a8a02b20085880e497d01212140a0752756e6e696e6718eaf2f5a8a02b200b700112130a0642726f6b65
  6e18eaf2f5a8a02b200a380112170a0553696e636518eaf2f5a8a02b200d58a0e2f5a8a02b12140a0352617718eaf2f5
  a8a02b20118201030102031801`);
/** The same encoder: three metrics at two times. */
const DATA = hex(`
  08b8f3f5a8a02b12220a1254656d70657261747572652f537570706c791886f3f5a8a02b2009650000ae4112220a1254
  656d70657261747572652f537570706c7918a4f3f5a8a02b2009650000b041121c0a08507265737375726518a4f3f5a8
  a02b200a690000000000ac8f401802`);

codecLaws(sparkplug, [BIRTH, DATA]);

describe("sparkplugCodec.read()", () => {
  it("reads numbers of every type with their signs, texts, truths and null", () => {
    expect(sparkplug.read(BIRTH)).toEqual([
      {
        "My Metric": "My Value",
        "Temperature/Supply": 21.5,
        Pressure: 1013.25,
        Offset: -7,
        Small: -3,
        Count: -5_000_000_000,
        Total: 5_000_000_000,
        Running: true,
        Broken: null,
        Since: 1_486_144_500_000,
        time: new Date(1_486_144_502_122),
      },
    ]);
  });

  it("makes a record of the metrics of one time", () => {
    expect(sparkplug.read(DATA)).toEqual([
      { "Temperature/Supply": 21.75, time: new Date(1_486_144_502_150) },
      { "Temperature/Supply": 22, Pressure: 1013.5, time: new Date(1_486_144_502_180) },
    ]);
  });

  it("names a metric that has its alias alone by that, and gives what has no time that of its arrival", () => {
    expect(sparkplug.read(hex("1207 1007 65 0000ac41"), 9)).toEqual([{ "alias-7": 21.5, time: new Date(9) }]);
  });

  it.each([
    ["nothing", "", "expected Sparkplug B, found 0 bytes with neither time nor metrics"],
    ["JSON", Buffer.from('{"temperature":21}').toString("hex"), "expected Sparkplug B, found 18 other bytes"],
    ["a metric that is cut off", "1224 0a12", "expected Sparkplug B, found 4 other bytes"],
  ])("refuses %s", (_, payload, detail) => {
    expect(sparkplug.read(hex(payload))).toEqual({
      note: "unreadable",
      detail: expect.stringContaining(detail),
    });
  });
});
