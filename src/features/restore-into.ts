import { type ByteReader, problem } from "../core/index.js";

/**
 * Reads what `ByteWriter.f64s` wrote of an array as long as `target` into it.
 *
 * @throws RangeError code `STATE_CORRUPT` when it was longer or shorter: of other features
 */
export function restoreInto(target: Float64Array, from: ByteReader): void {
  const values = from.f64s();
  if (values.length !== target.length) {
    throw problem(RangeError, {
      code: "STATE_CORRUPT",
      action: "restore",
      on: "the features' memory of a key",
      expected: `${target.length} numbers`,
      found: `${values.length}`,
    });
  }
  target.set(values);
}
