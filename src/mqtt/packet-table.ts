/** Slots at first; a power of two. */
const SLOTS = 1024;

/**
 * Things by packet id (1 to 65,535). A `Map` from which as much is taken as comes in is made anew every few thousand
 * packets; ids come in turn, so that here each finds its slot free.
 *
 * Memory: a slot for each id between the oldest and the newest, to the next power of two, 1,024 at least; never fewer again.
 */
export class PacketTable<T extends { readonly packetId: number }> {
  #slots: (T | undefined)[] = Array(SLOTS).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(packetId: number): T | undefined {
    const found = this.#slots[packetId & (this.#slots.length - 1)];
    return found?.packetId === packetId ? found : undefined;
  }

  has(packetId: number): boolean {
    return this.get(packetId) !== undefined;
  }

  /** In place of what has the same packet id. */
  set(thing: T): void {
    const { packetId } = thing;
    for (;;) {
      const slot = packetId & (this.#slots.length - 1);
      const there = this.#slots[slot];
      if (there === undefined || there.packetId === packetId) {
        if (there === undefined) this.#size++;
        this.#slots[slot] = thing;
        return;
      }
      this.#grow();
    }
  }

  delete(packetId: number): T | undefined {
    const found = this.get(packetId);
    if (found === undefined) return undefined;
    this.#slots[packetId & (this.#slots.length - 1)] = undefined;
    this.#size--;
    return found;
  }

  clear(): void {
    this.#slots.fill(undefined);
    this.#size = 0;
  }

  /** By packet id, smallest first. */
  values(): T[] {
    return this.#slots.filter((thing) => thing !== undefined).sort((a, b) => a.packetId - b.packetId);
  }

  #grow(): void {
    const things = this.values();
    this.#slots = Array(2 * this.#slots.length).fill(undefined);
    for (const thing of things) this.#slots[thing.packetId & (this.#slots.length - 1)] = thing;
  }
}
