import protobuf from "protobufjs/minimal.js";

/** What a Sparkplug B payload says (Eclipse Sparkplug 3.0, 6.4), as far as samples are made of it. */
export interface SparkplugPayload {
  /** ms since 1970 */
  readonly timestamp: number | undefined;
  readonly metrics: readonly SparkplugMetric[];
}

export interface SparkplugMetric {
  readonly name: string | undefined;
  readonly alias: number | undefined;
  readonly timestamp: number | undefined;
  /** null: the device says that there is none; undefined: it is of a kind that is no number, text or truth. */
  readonly value: number | string | boolean | null | undefined;
}

/** Wire types of protobuf. */
const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/** Bits of the signed integers, by Sparkplug's index of data types: they come in unsigned fields. */
const SIGNED: Readonly<Record<number, number>> = { 1: 8, 2: 16, 3: 32, 4: 64 };

/**
 * Made of protobufjs' reader: fields that it doesn't know are skipped.
 *
 * @throws Error of protobufjs when the bytes are cut off or no protobuf
 */
export function readSparkplug(payload: Uint8Array): SparkplugPayload {
  let timestamp: number | undefined;
  const metrics: SparkplugMetric[] = [];
  eachField(payload, (field, wire, reader) => {
    if (field === 1 && wire === VARINT) timestamp = Number(reader.uint64());
    else if (field === 2 && wire === BYTES) metrics.push(readMetric(reader.bytes()));
    else reader.skipType(wire);
  });
  return { timestamp, metrics };
}

function readMetric(bytes: Uint8Array): SparkplugMetric {
  let name: string | undefined;
  let alias: number | undefined;
  let timestamp: number | undefined;
  let datatype = 0;
  let isNull = false;
  let value: number | string | boolean | undefined;
  let integer: bigint | undefined;
  eachField(bytes, (field, wire, reader) => {
    if (field === 1 && wire === BYTES) name = reader.string();
    else if (field === 2 && wire === VARINT) alias = Number(reader.uint64());
    else if (field === 3 && wire === VARINT) timestamp = Number(reader.uint64());
    else if (field === 4 && wire === VARINT) datatype = reader.uint32();
    else if (field === 7 && wire === VARINT) isNull = reader.bool();
    else if ((field === 10 || field === 11) && wire === VARINT) integer = BigInt(String(reader.uint64()));
    else if (field === 12 && wire === FIXED_32) value = reader.float();
    else if (field === 13 && wire === FIXED_64) value = reader.double();
    else if (field === 14 && wire === VARINT) value = reader.bool();
    else if (field === 15 && wire === BYTES) value = reader.string();
    else reader.skipType(wire);
  });
  if (integer !== undefined) value = Number(BigInt.asIntN(SIGNED[datatype] ?? 65, integer));
  return { name, alias, timestamp, value: isNull ? null : value };
}

function eachField(
  bytes: Uint8Array,
  take: (field: number, wire: number, reader: protobuf.Reader) => void,
): void {
  // Without Node's Buffer around them, whose reader shares memory in other ways.
  const reader = protobuf.Reader.create(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === 0) throw new RangeError("field number 0");
    take(tag >>> 3, tag & 7, reader);
  }
}
