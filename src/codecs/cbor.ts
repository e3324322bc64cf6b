import { Decoder } from "cbor-x";

// Plain CBOR: without the record extension, whose structures one payload could leave behind for the next.
const decoder = new Decoder({ useRecords: false, mapsAsObjects: true });

/** @throws SyntaxError when the bytes are not one whole CBOR item */
export function readCbor(payload: Uint8Array): unknown {
  try {
    return decoder.decode(payload);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SyntaxError(`expected CBOR, found ${payload.length} bytes that are not: ${why}`, { cause });
  }
}
