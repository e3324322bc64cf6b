/*
 * Texts with places for numbers: what stands around the numbers is the same every time, and is copied 16 bytes at once.
 */
import { writeDecimal } from "./decimal";

/** What is written of a number that is not finite: null. */
// @ts-ignore: decorator
@inline const NULL: u32 = 0x6c6c756e;

/**
 * Writes part, number, part, number, ..., part.
 *
 * @param to      overwritten, 16 bytes beyond the text too
 * @param numbers [count] f64
 * @param lengths [count + 1] u32, of the parts
 * @param parts   one after the other, each from a multiple of 16 bytes on
 * @param powers  as `writeDecimal` wants them
 * @returns how many bytes the text has
 */
export function fillText(to: usize, numbers: usize, count: i32, lengths: usize, parts: usize, powers: usize): usize {
  const from = to;
  let length = <usize>load<u32>(lengths);
  copyPart(to, parts, length);
  to += length;
  for (let i = 0; i < count; i++) {
    const value = load<f64>(numbers + (i << 3));
    if (value - value == 0) {
      to += writeDecimal(to, value, powers);
    } else {
      store<u32>(to, NULL);
      to += 4;
    }
    parts += (length + 15) & ~15;
    length = load<u32>(lengths + ((i + 1) << 2));
    copyPart(to, parts, length);
    to += length;
  }
  return to - from;
}

// @ts-ignore: decorator
@inline
function copyPart(to: usize, part: usize, length: usize): void {
  for (let at: usize = 0; at < length; at += 16) v128.store(to + at, v128.load(part + at));
}
