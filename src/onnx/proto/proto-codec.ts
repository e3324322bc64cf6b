import protobuf from "protobufjs/minimal.js";

/** How a field's value stands on the wire; anything else is the name of a message. */
type WireKind = "int" | "string" | "bytes" | "float" | "double";

/** One field: its name in our objects, its kind or message, and whether it repeats (`[]`, `[packed]` on the wire). */
export type Field = readonly [name: string, kind: string];

/** Messages by name, each with its fields by number. */
export type ProtoSchema = Readonly<Record<string, Readonly<Record<number, Field>>>>;

/** Fields that the schema does not know, as they stood in the file. */
const UNKNOWN = Symbol("unknown fields");

type Message = Record<string, unknown> & { [UNKNOWN]?: Uint8Array[] };

/**
 * Decodes a protobuf message into plain objects: integers are numbers (exact up to 2^53), bytes are views of
 * the file, repeated fields are arrays, what is absent is absent. Made of protobufjs' reader and writer, whose
 * own reflection would compile code at run time, which browsers may forbid.
 *
 * Fields that the schema lacks are kept, and written again by `encodeMessage`.
 *
 * @throws Error of protobufjs when the bytes are cut off or no such message
 */
export function decodeMessage(schema: ProtoSchema, type: string, bytes: Uint8Array): object {
  const fields = schema[type]!;
  const message: Message = {};
  for (const [name, kind] of Object.values(fields)) if (kind.endsWith("]")) message[name] = [];
  const reader = protobuf.Reader.create(plain(bytes));
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    const field = fields[tag >>> 3];
    if (tag >>> 3 === 0) throw new RangeError("field number 0");
    if (field === undefined || !fits(field[1], tag & 7)) {
      reader.skipType(tag & 7);
      message[UNKNOWN] ??= [];
      message[UNKNOWN].push(bytes.subarray(start, reader.pos));
      continue;
    }
    const [name, kind] = field;
    const element = elementOf(kind);
    if (element === kind) {
      message[name] = readValue(reader, schema, element);
    } else if ((tag & 7) === 2 && isNumeric(element)) {
      const end = reader.uint32() + reader.pos;
      if (end > reader.len) throw new RangeError("packed numbers beyond the end");
      const values = message[name] as unknown[];
      while (reader.pos < end) values.push(readValue(reader, schema, element));
    } else {
      (message[name] as unknown[]).push(readValue(reader, schema, element));
    }
  }
  return message;
}

/** Encodes what `decodeMessage` gives, fields in the order of their numbers, unknown ones last. */
export function encodeMessage(schema: ProtoSchema, type: string, value: object): Uint8Array {
  const message = value as Message;
  const writer = protobuf.Writer.create();
  for (const [number, [name, kind]] of Object.entries(schema[type]!)) {
    const content = message[name];
    if (content === undefined) continue;
    const element = elementOf(kind);
    if (kind.endsWith("[packed]")) {
      if ((content as number[]).length === 0) continue;
      writer.uint32(Number(number) * 8 + 2).fork();
      for (const item of content as number[]) writeValue(writer, schema, element, item);
      writer.ldelim();
    } else {
      for (const item of element === kind ? [content] : (content as unknown[])) {
        writer.uint32(Number(number) * 8 + wireType(element));
        writeValue(writer, schema, element, item);
      }
    }
  }
  return concatenate([plain(writer.finish()), ...(message[UNKNOWN] ?? [])]);
}

function readValue(reader: protobuf.Reader, schema: ProtoSchema, kind: string): unknown {
  switch (kind as WireKind) {
    case "int":
      return Number(reader.int64());
    case "string":
      return reader.string();
    case "bytes":
      return reader.bytes();
    case "float":
      return reader.float();
    case "double":
      return reader.double();
    default:
      return decodeMessage(schema, kind, reader.bytes());
  }
}

function writeValue(writer: protobuf.Writer, schema: ProtoSchema, kind: string, value: unknown): void {
  switch (kind as WireKind) {
    case "int":
      writer.int64(value as number);
      break;
    case "string":
      writer.string(value as string);
      break;
    case "bytes":
      writer.bytes(value as Uint8Array);
      break;
    case "float":
      writer.float(value as number);
      break;
    case "double":
      writer.double(value as number);
      break;
    default:
      writer.bytes(encodeMessage(schema, kind, value as object));
  }
}

function elementOf(kind: string): string {
  const end = kind.indexOf("[");
  return end < 0 ? kind : kind.slice(0, end);
}

function isNumeric(kind: string): boolean {
  return kind === "int" || kind === "float" || kind === "double";
}

function wireType(kind: string): number {
  return kind === "int" ? 0 : kind === "float" ? 5 : kind === "double" ? 1 : 2;
}

function fits(kind: string, wire: number): boolean {
  const element = elementOf(kind);
  return wire === wireType(element) || (wire === 2 && element !== kind && isNumeric(element));
}

/** The same bytes without Node's Buffer around them. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
