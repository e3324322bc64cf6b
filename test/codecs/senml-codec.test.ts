import { describe, expect, it } from "vitest";
import { codecOf } from "../../src/codecs/index.js";
import { codecLaws } from "../conformance/codec.js";

const utf8 = (value: unknown) =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const senml = codecOf("senml");
/** RFC 8428, 5.1.2 */
const HISTORY =
  '[{"bn":"urn:dev:ow:10e2073a0108006:","bt":1.276020076001e+09,"bu":"A","bver":5,"n":"voltage","u":"V","v":120.1},{"n":"current","t":-5,"v":1.2},{"n":"current","t":-4,"v":1.3},{"n":"current","v":1.7}]';
/** The same as the RFC's table of labels (6) has it in CBOR. */
const CBOR = Uint8Array.from(
  Buffer.from(
    `
  84a721781b75726e3a6465763a6f773a3130653230373361303130383030363a22fb41d303a15b001062236141200500
  67766f6c7461676501615602fb405e066666666666a3006763757272656e74062402fb3ff3333333333333a300676375
  7272656e74062302fb3ff4cccccccccccda3006763757272656e74060002fb3ffb333333333333`.replace(/\s/g, ""),
    "hex",
  ),
);

codecLaws(senml, [utf8(HISTORY), utf8('[{"n":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1}]'), CBOR]);

describe("senmlCodec.read()", () => {
  const at = (ms: number) => new Date(ms);

  it("resolves base name and base time: what was measured at one time is one record, in order", () => {
    expect(senml.read(utf8(HISTORY))).toEqual([
      { bn: "urn:dev:ow:10e2073a0108006:", time: at(1_276_020_071_001), current: 1.2 },
      { bn: "urn:dev:ow:10e2073a0108006:", time: at(1_276_020_072_001), current: 1.3 },
      { bn: "urn:dev:ow:10e2073a0108006:", time: at(1_276_020_076_001), voltage: 120.1, current: 1.7 },
    ]);
  });

  it("reads the CBOR form alike", () => {
    expect(senml.read(CBOR)).toEqual(senml.read(utf8(HISTORY)));
  });

  it("counts times from the arrival where they count from now, and adds base values and sums", () => {
    const pack = [
      { bn: "a:", bv: 10, bs: 100, n: "x", v: 1, s: 2 },
      { n: "x", t: -10, v: 2 },
      { bn: "b", v: 3 },
    ];
    expect(senml.read(utf8(pack), 1_700_000_000_000)).toEqual([
      { bn: "a:", time: at(1_699_999_990_000), x: 12 },
      { bn: "a:", time: at(1_700_000_000_000), x: 11, "x.sum": 102 },
      { bn: "b", time: at(1_700_000_000_000), value: 13 },
    ]);
  });

  it("takes its own names before measurements of these names, and __proto__ for a name like any other", () => {
    const pack = [
      { bn: "a", bt: 1e9, n: "time", v: 1 },
      { n: "bn", v: 2 },
      { n: "__proto__", v: 3 },
    ];
    const [record = {}] = senml.read(utf8(pack)) as Record<string, unknown>[];
    expect(Object.entries(record)).toEqual([
      ["bn", "a"],
      ["time", at(1e12)],
      ["__proto__", 3],
    ]);
  });

  it.each([
    [[{ n: "a", v: "1" }], 'expected a number in SenML\'s v, found "1"'],
    [[{ bn: 7, v: 1 }], "expected a string in SenML's bn, found 7"],
    [[{ bver: 11, n: "a", v: 1 }], "expected SenML of version 10 at most, found 11"],
    [[{ n: "a", v: 1, secret_: 2 }], 'expected names of SenML, found "secret_"'],
    [{ n: "a", v: 1 }, "expected a SenML pack, which is an array of records, found an object"],
    ["7", "expected a JSON object or an array of objects, found 7"],
  ])("refuses %j", (pack, detail) => {
    expect(senml.read(utf8(pack))).toEqual({ note: "unreadable", detail });
  });
});
