type Get = (view: DataView, at: number) => number;

/** Bytes per element and how one is read, by tag (RFC 8746, 2.1). */
const ELEMENTS: Readonly<Record<number, readonly [size: number, get: Get]>> = {
  64: [1, (view, at) => view.getUint8(at)],
  65: [2, (view, at) => view.getUint16(at)],
  66: [4, (view, at) => view.getUint32(at)],
  68: [1, (view, at) => view.getUint8(at)],
  69: [2, (view, at) => view.getUint16(at, true)],
  70: [4, (view, at) => view.getUint32(at, true)],
  72: [1, (view, at) => view.getInt8(at)],
  73: [2, (view, at) => view.getInt16(at)],
  74: [4, (view, at) => view.getInt32(at)],
  77: [2, (view, at) => view.getInt16(at, true)],
  78: [4, (view, at) => view.getInt32(at, true)],
  81: [4, (view, at) => view.getFloat32(at)],
  82: [8, (view, at) => view.getFloat64(at)],
  85: [4, (view, at) => view.getFloat32(at, true)],
  86: [8, (view, at) => view.getFloat64(at, true)],
};

/**
 * Reads the byte string under a typed array's tag. Half floats and 64-bit integers are not read as arrays.
 *
 * @returns undefined if the tag is none; the reader undefined if the bytes are no whole number of elements
 */
export function typedArrayReader(
  tag: number | bigint,
): ((bytes: Uint8Array) => Float64Array | undefined) | undefined {
  const element = ELEMENTS[Number(tag)];
  if (element === undefined) return undefined;
  const [size, get] = element;
  return (bytes) => {
    if (bytes.length % size !== 0) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Float64Array.from({ length: bytes.length / size }, (_, index) => get(view, index * size));
  };
}
