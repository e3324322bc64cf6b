import { ByteReader, ByteWriter } from "../core/index.js";

/** A key that nothing is to be remembered of any more, and how many events it had. */
export interface Forgotten {
  readonly key: string;
  readonly count: number;
}

/** Body of a request `forget`. */
export function writeForgotten(keys: readonly Forgotten[]): Uint8Array {
  const to = new ByteWriter().u32(keys.length);
  for (const { key, count } of keys) to.text(key).f64(count);
  return to.finish();
}

/** @throws RangeError code `STATE_CORRUPT` */
export function readForgotten(body: Uint8Array): Forgotten[] {
  const from = new ByteReader(body, "request forget");
  const keys = Array.from({ length: from.u32() }, () => ({ key: from.text(), count: from.f64() }));
  from.end();
  return keys;
}
