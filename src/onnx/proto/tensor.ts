import { problem } from "../../core/index.js";
import type { TensorProto } from "./model-proto.js";

/** TensorProto.DataType, as far as Eddy computes with them. */
export const FLOAT32 = 1;
export const INT32 = 6;
export const INT64 = 7;
export const BOOL = 9;
export const FLOAT16 = 10;
export const FLOAT64 = 11;

/** A constant: row-major, float32 as it stands, anything else in float64 (integers exact up to 2^53). */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | Float64Array;
  /** TensorProto.DataType */
  readonly type: number;
  /** The elements are not numbers but names: which element of which state input stands here. */
  readonly isState?: boolean;
}

export function tensor(dims: readonly number[], data: ArrayLike<number>, type = FLOAT32): Tensor {
  if (data instanceof Float32Array || data instanceof Float64Array) return { dims, data, type };
  return { dims, data: type === FLOAT32 ? Float32Array.from(data) : Float64Array.from(data), type };
}

/** A list of integers. */
export function integers(values: readonly number[]): Tensor {
  return tensor([values.length], values, INT64);
}

/** [N, M] of [M, N] */
export function transposed({ dims: [rows = 1, columns = 1], data, type }: Tensor): Tensor {
  const result = data.slice();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      result[column * rows + row] = data[row * columns + column]!;
  }
  return { dims: [columns, rows], data: result, type };
}

export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, length) => product * length, 1);
}

/**
 * @param on what the tensor belongs to, in errors
 * @throws TypeError code `ONNX_TENSOR` when its data stand in another file, or are of a type without numbers
 * @throws SyntaxError code `ONNX_UNREADABLE` when there are more or fewer data than its dimensions say
 */
export function readTensor(proto: TensorProto, on: string): Tensor {
  const { dims, dataType = 0 } = proto;
  if (proto.dataLocation === 1 || proto.externalData.length > 0) {
    const file = proto.externalData.find(({ key }) => key === "location")?.value ?? "another file";
    throw problem(TypeError, {
      code: "ONNX_TENSOR",
      action: `read weights "${proto.name ?? ""}" of`,
      on,
      expected: "them in the file itself",
      found: `external data in ${file}; save the model as one file`,
    });
  }
  const data = dataOf(proto);
  if (data === undefined) {
    throw problem(TypeError, {
      code: "ONNX_TENSOR",
      action: `read weights "${proto.name ?? ""}" of`,
      on,
      expected: "numbers (float16, float32, float64, integers, bool)",
      found: `data type ${dataType}`,
    });
  }
  if (data.length !== sizeOf(dims)) {
    throw problem(SyntaxError, {
      code: "ONNX_UNREADABLE",
      action: `read weights "${proto.name ?? ""}" of`,
      on,
      expected: `${sizeOf(dims)} numbers for [${dims.join(", ")}]`,
      found: String(data.length),
    });
  }
  return { dims, data, type: dataType };
}

/** Float32 and integers are written as they are read: float32 bit for bit. */
export function writeTensor(name: string, { dims, data, type }: Tensor): TensorProto {
  const bytes =
    type === FLOAT32
      ? Float32Array.from(data)
      : type === INT64
        ? BigInt64Array.from(data, (value) => BigInt(value))
        : type === INT32
          ? Int32Array.from(data)
          : Float64Array.from(data);
  return {
    dims: [...dims],
    dataType: type === FLOAT32 || type === INT64 || type === INT32 ? type : FLOAT64,
    rawData: new Uint8Array(bytes.buffer),
    name,
    floatData: [],
    int32Data: [],
    int64Data: [],
    doubleData: [],
    uint64Data: [],
    externalData: [],
  };
}

function dataOf(proto: TensorProto): Float32Array | Float64Array | undefined {
  const { dataType, rawData, floatData, int32Data, int64Data, doubleData, uint64Data } = proto;
  const raw = rawData && new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  const list = (width: number, read: (at: number) => number): Float64Array | undefined =>
    raw && Float64Array.from({ length: Math.floor(raw.byteLength / width) }, (_, i) => read(i * width));
  switch (dataType) {
    case FLOAT32:
      if (rawData) {
        // A copy of its own is aligned; all machines that run JavaScript are little-endian, as the file is.
        return new Float32Array(rawData.slice().buffer, 0, Math.floor(rawData.length / 4));
      }
      return Float32Array.from(floatData);
    case 2: // uint8
      return list(1, (at) => raw!.getUint8(at)) ?? Float64Array.from(int32Data);
    case 3: // int8
      return list(1, (at) => raw!.getInt8(at)) ?? Float64Array.from(int32Data);
    case 4: // uint16
      return list(2, (at) => raw!.getUint16(at, true)) ?? Float64Array.from(int32Data);
    case 5: // int16
      return list(2, (at) => raw!.getInt16(at, true)) ?? Float64Array.from(int32Data);
    case INT32:
      return list(4, (at) => raw!.getInt32(at, true)) ?? Float64Array.from(int32Data);
    case INT64:
      return list(8, (at) => Number(raw!.getBigInt64(at, true))) ?? Float64Array.from(int64Data);
    case BOOL:
      return list(1, (at) => raw!.getUint8(at)) ?? Float64Array.from(int32Data);
    case FLOAT16:
      return (
        list(2, (at) => fromFloat16(raw!.getUint16(at, true))) ?? Float64Array.from(int32Data, fromFloat16)
      );
    case FLOAT64:
      return list(8, (at) => raw!.getFloat64(at, true)) ?? Float64Array.from(doubleData);
    case 12: // uint32
      return list(4, (at) => raw!.getUint32(at, true)) ?? Float64Array.from(uint64Data);
    case 13: // uint64
      return list(8, (at) => Number(raw!.getBigUint64(at, true))) ?? Float64Array.from(uint64Data);
    case 16: // bfloat16
      return (
        list(2, (at) => fromBfloat16(raw!.getUint16(at, true))) ?? Float64Array.from(int32Data, fromBfloat16)
      );
    default:
      return undefined;
  }
}

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function fromBfloat16(bits: number): number {
  return new Float32Array(Uint32Array.of((bits & 0xffff) << 16).buffer)[0]!;
}
