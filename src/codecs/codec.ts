import { cborCodec } from "./cbor-codec.js";
import { float32Codec } from "./float32-codec.js";
import { influxCodec } from "./influx-codec.js";
import { jsonCodec } from "./json-codec.js";
import { pcm16Codec } from "./pcm16-codec.js";
import type { PayloadRecord } from "./records.js";
import type { Rejection } from "./rejection.js";
import { senmlCodec } from "./senml-codec.js";
import { sparkplugCodec } from "./sparkplug-codec.js";
import { textCodec } from "./text-codec.js";

/**
 * How a payload's bytes are read.
 *
 * Laws (test/conformance/codec.ts): whatever the bytes, `read` neither throws nor changes them; what it
 * returns shares no memory with them and holds no more than they did; a payload reads the same whatever
 * was read before it.
 */
export interface Codec {
  readonly name: CodecName;
  /**
   * The payload's records, in order; or why none could be read (`unreadable`): one that is broken spoils all.
   *
   * @param arrival ms since 1970, for formats whose times count from now; default 0
   */
  read(payload: Uint8Array, arrival?: number): readonly PayloadRecord[] | Rejection;
}

export type CodecName = "json" | "cbor" | "text" | "senml" | "influx" | "sparkplug" | "float32" | "pcm16";

const CODECS: Readonly<Record<CodecName, Codec>> = {
  json: jsonCodec,
  cbor: cborCodec,
  text: textCodec,
  senml: senmlCodec,
  influx: influxCodec,
  sparkplug: sparkplugCodec,
  float32: float32Codec,
  pcm16: pcm16Codec,
};

export function codecOf(name: CodecName): Codec {
  return CODECS[name];
}
