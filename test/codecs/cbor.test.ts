import { Encoder } from "cbor-x";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCbor } from "../../src/codecs/cbor.js";

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("readCbor()", () => {
  // RFC 8949, Appendix A.
  it.each([
    ["00", 0],
    ["17", 23],
    ["1818", 24],
    ["1903e8", 1000],
    ["1a000f4240", 1_000_000],
    ["1b000000e8d4a51000", 1_000_000_000_000],
    ["1bffffffffffffffff", 18_446_744_073_709_551_615n],
    ["3bffffffffffffffff", -18_446_744_073_709_551_616n],
    ["20", -1],
    ["3903e7", -1000],
    ["f90000", 0],
    ["f98000", -0],
    ["f93c00", 1],
    ["fb3ff199999999999a", 1.1],
    ["f93e00", 1.5],
    ["f97bff", 65_504],
    ["fa47c35000", 100_000],
    ["fa7f7fffff", 3.4028234663852886e38],
    ["fb7e37e43c8800759c", 1e300],
    ["f90001", 1 / 16_777_216],
    ["f90400", 0.00006103515625],
    ["f9c400", -4],
    ["f97c00", Number.POSITIVE_INFINITY],
    ["f97e00", Number.NaN],
    ["f9fc00", Number.NEGATIVE_INFINITY],
    ["fb7ff8000000000000", Number.NaN],
    ["f4", false],
    ["f5", true],
    ["f6", null],
    ["f7", undefined],
    ["c074323031332d30332d32315432303a30343a30305a", "2013-03-21T20:04:00Z"],
    ["c11a514b67b0", new Date(1_363_896_240_000)],
    ["c1fb41d452d9ec200000", new Date(1_363_896_240_500)],
    ["4401020304", hex("01020304")],
    ["60", ""],
    ["6449455446", "IETF"],
    ["62c3bc", "ü"],
    ["64f0908591", "𐅑"],
    ["80", []],
    ["8301820203820405", [1, [2, 3], [4, 5]]],
    ["9f018202039f0405ffff", [1, [2, 3], [4, 5]]],
    ["5f42010243030405ff", hex("0102030405")],
    ["7f657374726561646d696e67ff", "streaming"],
  ])("reads %s", (bytes, value) => {
    expect(readCbor(hex(bytes))).toStrictEqual(value);
  });

  it.each([
    ["a0", {}],
    ["a201020304", { 1: 2, 3: 4 }],
    ["a26161016162820203", { a: 1, b: [2, 3] }],
    ["bf61610161629f0203ffff", { a: 1, b: [2, 3] }],
    ["826161a161626163", ["a", { b: "c" }]],
    ["d9d9f7a1616101", { a: 1 }],
    ["a2616101616102", { a: 2 }],
  ])("reads the maps of %s", (bytes, value) => {
    expect(plain(readCbor(hex(bytes)))).toEqual(value);
  });

  it("reads typed arrays of either byte order (RFC 8746)", () => {
    expect(readCbor(hex("d84043010203"))).toEqual(new Float64Array([1, 2, 3]));
    expect(readCbor(hex("d84d4401000200"))).toEqual(new Float64Array([1, 2]));
    expect(readCbor(hex("d84944fffe0002"))).toEqual(new Float64Array([-2, 2]));
    expect(readCbor(hex("d85548000080bf0000803f"))).toEqual(new Float64Array([-1, 1]));
    expect(readCbor(hex("d852483ff8000000000000"))).toEqual(new Float64Array([1.5]));
    expect(readCbor(hex("d8554300003f"))).toEqual(hex("00003f"));
  });

  it("takes __proto__ for a name like any other", () => {
    const read = readCbor(hex("a1695f5f70726f746f5f5fa1616101"));
    expect(Object.keys(Object(read))).toEqual(["__proto__"]);
    expect(Object.hasOwn(Object.prototype, "a")).toBe(false);
  });

  it("reads what an independent encoder wrote", () => {
    const encoder = new Encoder({ useRecords: false, mapsAsObjects: true });
    const values = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.double({ noNaN: true }),
        fc.integer(),
        fc.maxSafeInteger(),
        fc.string({ unit: "grapheme" }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("value"), { maxLength: 5 }),
        fc.dictionary(fc.string(), tie("value"), { maxKeys: 5 }),
      ),
    })).value;
    fc.assert(
      fc.property(values, (value) => {
        expect(plain(readCbor(Uint8Array.from(encoder.encode(value))))).toEqual(plain(value));
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it.each([
    ["", "1 more bytes, found 0"],
    ["18", "1 more bytes, found 0"],
    ["1c", "a length or value, found additional information 28"],
    ["0000", "the end, found 1 more bytes"],
    ["ff", "a number, a truth value, null or undefined, found simple value 31"],
    ["f0", "simple value 16"],
    ["61ff", "text in UTF-8"],
    ["7f4101ff", "a piece of a string, found major type 2"],
    ["7f7f6101ffff", "a piece of a string"],
    ["5f4101", "1 more bytes, found 0"],
    ["a18001", "a map's key as text or integer, found object"],
    ["a161", "1 more bytes or items"],
    ["9bffffffffffffffff", "18446744073709551615 more bytes or items, found 0 bytes"],
    ["bb7fffffffffffffff", "9223372036854775807 more bytes or items, found 0 bytes"],
    ["5affffffff", "4294967295 more bytes or items, found 0 bytes"],
  ])("rejects %s as BAD_CBOR: expected %s", (bytes, expected) => {
    expect(() => readCbor(hex(bytes))).toThrow(
      expect.objectContaining({ code: "BAD_CBOR", message: expect.stringContaining(expected) }),
    );
  });

  it("rejects items nested deeper than 64", () => {
    expect(readCbor(hex(`${"81".repeat(64)}00`))).toBeDefined();
    expect(() => readCbor(hex(`${"81".repeat(65)}00`))).toThrow("nested at most 64 deep");
    expect(() => readCbor(hex("c1".repeat(100_000)))).toThrow("nested at most 64 deep");
  });

  it("passes over tags that make other decoders work for minutes", () => {
    // Tag 105 (records) around {length: 4294967295, ...}, and a bignum of 200,000 bytes.
    expect(plain(readCbor(hex("d869a1666c656e6774681affffffff")))).toEqual({ length: 4_294_967_295 });
    const bignum = new Uint8Array(200_006).fill(0xff);
    bignum.set([0xc2, 0x5a, 0x00, 0x03, 0x0d, 0x40]);
    expect(readCbor(bignum)).toHaveLength(200_000);
  });
});
