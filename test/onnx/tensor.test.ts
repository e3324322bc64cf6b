import { describe, expect, it } from "vitest";
import type { TensorProto } from "../../src/onnx/proto/model-proto.js";
import { readTensor, tensor, writeTensor } from "../../src/onnx/proto/tensor.js";

function proto(parts: Partial<TensorProto>): TensorProto {
  return {
    dims: [2],
    floatData: [],
    int32Data: [],
    int64Data: [],
    doubleData: [],
    uint64Data: [],
    externalData: [],
    name: "W",
    ...parts,
  };
}

const raw = (data: ArrayBufferView) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

describe("readTensor()", () => {
  it.each([
    ["float32, raw", proto({ dataType: 1, rawData: raw(Float32Array.of(0.1, -2)) }), [Math.fround(0.1), -2]],
    ["float32, listed", proto({ dataType: 1, floatData: [0.5, 3] }), [0.5, 3]],
    ["float64, raw", proto({ dataType: 11, rawData: raw(Float64Array.of(0.1, -2)) }), [0.1, -2]],
    ["float64, listed", proto({ dataType: 11, doubleData: [0.1, 4] }), [0.1, 4]],
    ["int64, raw", proto({ dataType: 7, rawData: raw(BigInt64Array.of(-1n, 2n ** 53n)) }), [-1, 2 ** 53]],
    ["int64, listed", proto({ dataType: 7, int64Data: [-1, 5] }), [-1, 5]],
    ["int32, raw", proto({ dataType: 6, rawData: raw(Int32Array.of(-7, 8)) }), [-7, 8]],
    ["int8, raw", proto({ dataType: 3, rawData: raw(Int8Array.of(-7, 8)) }), [-7, 8]],
    ["uint8, raw", proto({ dataType: 2, rawData: Uint8Array.of(7, 255) }), [7, 255]],
    ["bool, raw", proto({ dataType: 9, rawData: Uint8Array.of(1, 0) }), [1, 0]],
    ["float16, raw", proto({ dataType: 10, rawData: raw(Uint16Array.of(0x3c00, 0xc100)) }), [1, -2.5]],
    ["float16, listed", proto({ dataType: 10, int32Data: [0x0001, 0x7c00] }), [2 ** -24, Infinity]],
    ["bfloat16, raw", proto({ dataType: 16, rawData: raw(Uint16Array.of(0x3f80, 0xc020)) }), [1, -2.5]],
  ])("reads %s", (_, given, expected) => {
    expect([...readTensor(given, "a model").data]).toEqual(expected);
  });

  it("reads what does not begin at a multiple of four bytes", () => {
    const bytes = new Uint8Array(9);
    bytes.set(raw(Float32Array.of(1.5, -2)), 1);
    expect([...readTensor(proto({ dataType: 1, rawData: bytes.subarray(1) }), "a model").data]).toEqual([
      1.5, -2,
    ]);
  });

  it("refuses weights in another file, and says in which", () => {
    const external = proto({
      dataType: 1,
      dataLocation: 1,
      externalData: [{ key: "location", value: "big.bin" }],
    });
    expect(() => readTensor(external, 'ONNX model "pump"')).toThrowError(
      'Cannot read weights "W" of ONNX model "pump": expected them in the file itself, ' +
        "found external data in big.bin; save the model as one file",
    );
  });

  it.each([
    ["too few numbers", proto({ dataType: 1, floatData: [1] }), "expected 2 numbers for [2], found 1"],
    ["texts", proto({ dataType: 8 }), "found data type 8"],
  ])("refuses %s", (_, given, message) => {
    expect(() => readTensor(given, "a model")).toThrow(message);
  });
});

describe("writeTensor()", () => {
  it("writes what readTensor() reads, bit for bit", () => {
    for (const given of [tensor([2], [0.1, -0]), tensor([1, 2], [-1, 2 ** 53], 7), tensor([2], [1, -2], 6)]) {
      expect(readTensor(writeTensor("W", given), "a model")).toEqual(given);
    }
  });
});
