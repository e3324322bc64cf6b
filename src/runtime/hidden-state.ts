import { ByteReader, type Stage } from "../core/index.js";
import type { Page } from "../store/index.js";

/** The version of the slot `hidden` in which states stand as float32 behind their network's number: the kernel's. Others hold float64. */
const KERNELS = 3;

/**
 * What a pipeline's network remembers of a key at this moment: its whole state, flattened; undefined where it
 * remembers nothing of it. Changes nothing.
 */
export function hiddenStateOf(stages: readonly Stage[], key: string): ArrayLike<number> | undefined {
  const slot = stages.flatMap(({ slots }) => slots).find(({ name }) => name === "hidden");
  const bytes = slot?.save(key);
  return slot && bytes && hiddenState(slot.version, key, bytes);
}

/** Like `hiddenStateOf`, of a key that is not in memory. */
export function hiddenStateIn(page: Page | undefined): ArrayLike<number> | undefined {
  const entry = page?.entries.find(({ slot }) => slot === "hidden");
  return entry && hiddenState(entry.version, entry.key, entry.bytes);
}

function hiddenState(version: number, key: string, bytes: Uint8Array): ArrayLike<number> {
  const reader = new ByteReader(bytes, `hidden state of "${key}"`);
  if (version !== KERNELS) return reader.f64s();
  reader.u32();
  return reader.f32s();
}
