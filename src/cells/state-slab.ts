import type { Kernel, Pointer } from "../kernel/index.js";

/** Memory comes in pages of about this many bytes. */
const PAGE_BYTES = 65_536;
/** A slab below this many bytes isn't worth a move. */
const SMALL_BYTES = 1 << 20;

/**
 * Hidden states of many keys in a kernel's memory: a slot for each, whose number stays the same while it is
 * held. Slots lie in pages that are added as they are needed and never move, so that no growth copies states.
 */
export class StateSlab {
  #kernel: Kernel;
  /** Slot to pointer; 0: not held. */
  #places = new Uint32Array(64);
  #slots = 0;
  #freeSlots: number[] = [];
  #freePlaces: Pointer[] = [];
  #capacity = 0;
  #held = 0;

  /** @param initial a slot's elements at the start of a sequence */
  constructor(
    kernel: Kernel,
    readonly initial: Float32Array,
  ) {
    this.#kernel = kernel;
  }

  /** Slots that are held. */
  get held(): number {
    return this.#held;
  }

  /** Whether less than a quarter of its memory is held, and that memory is worth giving back. */
  get isSparse(): boolean {
    return 4 * this.#held < this.#capacity && this.#capacity * this.#slotBytes > SMALL_BYTES;
  }

  /** A slot at the start of a sequence. Memory may grow. */
  acquire(): number {
    const slot = this.#freeSlots.pop() ?? this.#slots++;
    if (slot >= this.#places.length) {
      const places = new Uint32Array(2 * this.#places.length);
      places.set(this.#places);
      this.#places = places;
    }
    if (this.#freePlaces.length === 0) this.#addPage(Math.ceil(PAGE_BYTES / this.#slotBytes));
    this.#places[slot] = this.#freePlaces.pop()!;
    this.#held++;
    this.reset(slot);
    return slot;
  }

  /** Gives a slot back; its number may be given to another key. */
  release(slot: number): void {
    this.#freePlaces.push(this.pointer(slot));
    this.#freeSlots.push(slot);
    this.#places[slot] = 0;
    this.#held--;
  }

  /** Whether somebody holds this slot. */
  isHeld(slot: number): boolean {
    return slot >= 0 && slot < this.#slots && this.#places[slot] !== 0;
  }

  /** Where a slot that is held begins. */
  pointer(slot: number): Pointer {
    return this.#places[slot]!;
  }

  /** Back to the start of a sequence. */
  reset(slot: number): void {
    this.elements(slot).set(this.initial);
  }

  /** A slot's elements: a view that lasts until memory grows. */
  elements(slot: number): Float32Array {
    return this.#kernel.view(this.pointer(slot), this.initial.length);
  }

  /** Copies what is held to another kernel, with no gaps; slots keep their numbers. */
  moveTo(kernel: Kernel): void {
    const from = this.#kernel;
    const { length } = this.initial;
    this.#kernel = kernel;
    this.#capacity = 0;
    this.#freePlaces = [];
    if (this.#held > 0) this.#addPage(this.#held);
    for (let slot = 0; slot < this.#slots; slot++) {
      if (!this.isHeld(slot)) continue;
      const place = this.#freePlaces.pop()!;
      kernel.view(place, length).set(from.view(this.pointer(slot), length));
      this.#places[slot] = place;
    }
  }

  get #slotBytes(): number {
    return 4 * Math.max(this.initial.length, 8);
  }

  #addPage(slots: number): void {
    const size = this.#slotBytes;
    const page = this.#kernel.allocate((slots * size) / 4);
    for (let i = slots - 1; i >= 0; i--) this.#freePlaces.push(page + i * size);
    this.#capacity += slots;
  }
}
