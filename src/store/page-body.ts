import { ByteReader, ByteWriter } from "../core/index.js";
import type { SlotEntry } from "./records.js";

/** The entries of one key's slots as one body. */
export function pageBody(entries: readonly SlotEntry[]): Uint8Array<ArrayBuffer> {
  const to = new ByteWriter().u32(entries.length);
  for (const { slot, version, bytes } of entries) to.text(slot).u32(version).bytes(bytes);
  return to.finish();
}

/** @throws RangeError code `STATE_CORRUPT` */
export function entriesOf(key: string, body: Uint8Array): SlotEntry[] {
  const from = new ByteReader(body, `the page of key ${JSON.stringify(key)}`);
  const entries = Array.from({ length: from.u32() }, () => ({
    slot: from.text(),
    version: from.u32(),
    key,
    bytes: from.view(),
  }));
  from.end();
  return entries;
}
