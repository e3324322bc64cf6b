import { problem } from "../core/index.js";

/** One field of a protobuf message: a varint as a number, anything longer as its bytes. */
export interface ProtoField {
  readonly number: number;
  /** Varints (wire type 0); 0 for the others. Exact up to 2^53. */
  readonly integer: number;
  /** Length-delimited and fixed-width fields (wire types 1, 2, 5): a view, not a copy; empty for varints. */
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** Reads the fields of one message in order; nested messages are read by calling it again on their bytes. */
export function* protoFields(message: Uint8Array, file: string): Generator<ProtoField, void, void> {
  let at = 0;

  const unreadable = (expected: string, found: string) =>
    problem(SyntaxError, { code: "ONNX_UNREADABLE", action: "read", on: file, expected, found });

  const take = (count: number): Uint8Array => {
    if (count > message.length - at) {
      throw unreadable(`${count} more bytes in the field that it announces`, `${message.length - at}`);
    }
    at += count;
    return message.subarray(at - count, at);
  };

  const varint = (): number => {
    let value = 0;
    // Ten groups of seven bits hold 64; a number cannot take shifts past 31, hence the product.
    for (let group = 0, unit = 1; group < 10; group++, unit *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw unreadable("the rest of a number", "the end");
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
    throw unreadable("a number of at most ten bytes", "a longer one");
  };

  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (number === 0) throw unreadable("an ONNX model", "bytes that are no protobuf message");
    if (wireType === 0) yield { number, integer: varint(), bytes: NOTHING };
    else if (wireType === 1) yield { number, integer: 0, bytes: take(8) };
    else if (wireType === 2) yield { number, integer: 0, bytes: take(varint()) };
    else if (wireType === 5) yield { number, integer: 0, bytes: take(4) };
    else throw unreadable("an ONNX model", "bytes that are no protobuf message");
  }
}
