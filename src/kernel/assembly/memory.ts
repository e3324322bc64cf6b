/** Cache lines are 64 bytes; vectors must not straddle two of them. */
const LINE: usize = 64;

/** Room for `bytes`, zeroed, at a multiple of 64. Memory may grow: the host's views are void afterwards. */
export function allocate(bytes: usize): usize {
  const block = heap.alloc(bytes + LINE);
  // The gap before it, 16 to 64 bytes, tells where the block began.
  const pointer = (block + LINE) & ~(LINE - 1);
  store<u32>(pointer - 4, <u32>block);
  memory.fill(pointer, 0, bytes);
  return pointer;
}

/** Gives back what `allocate` returned. */
export function release(pointer: usize): void {
  heap.free(load<u32>(pointer - 4));
}
