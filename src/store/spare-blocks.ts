/** As many numbers as a full batch's events take. */
const FULL = 384 * 20;
/** Two commits are under way at most, and one is made: more are not needed for long. */
const MOST = 4;

/**
 * Memory in which commits have crossed to the writer thread, and that came back with its answer. New memory for each
 * would be found again only when the thread's garbage is collected, which is seldom: it makes little.
 */
export class SpareBlocks {
  readonly #blocks: ArrayBuffer[] = [];

  /** At least so many numbers, with whatever stood there. */
  take(length: number): Float64Array<ArrayBuffer> {
    const block = this.#blocks.pop();
    if (block !== undefined && block.byteLength >= 8 * length) return new Float64Array(block);
    return new Float64Array(Math.max(FULL, length));
  }

  give(blocks: readonly ArrayBuffer[]): void {
    for (const block of blocks) if (this.#blocks.length < MOST) this.#blocks.push(block);
  }
}
