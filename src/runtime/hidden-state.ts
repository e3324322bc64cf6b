import { ByteReader, type Stage } from "../core/index.js";

/** The version of the slot `hidden` in which states stand as float32: the kernel's. Others hold float64. */
const KERNELS = 2;

/**
 * What a pipeline's network remembers of a key at this moment: its whole state, flattened; undefined where it
 * remembers nothing of it. Changes nothing.
 */
export function hiddenStateOf(stages: readonly Stage[], key: string): ArrayLike<number> | undefined {
  const slot = stages.flatMap(({ slots }) => slots).find(({ name }) => name === "hidden");
  const bytes = slot?.save(key);
  if (slot === undefined || bytes === undefined) return undefined;
  const reader = new ByteReader(bytes, `hidden state of "${key}"`);
  return slot.version === KERNELS ? reader.f32s() : reader.f64s();
}
