import type { StateSlot } from "../core/index.js";

/** What a key's records take in memory beside what its slots tell of (`bytesOf`): objects, small arrays, the index. */
const RECORD_BYTES = 14 * 1024;
/** Its slots are asked again after so many events. */
const WEIGHED_EVERY = 64;

/** A key whose states are in memory. */
export interface Resident {
  readonly key: string;
  /** Event time of its newest event, ms; null: nothing is left but the count of its events. */
  heard: number | null;
  /** Memory that its states take, about; at least as much as they take on disk. */
  bytes: number;
  /** Events since it was weighed. */
  events: number;
  /** It has changed since its newest page. */
  isDirty: boolean;
  /** The snapshot under way wants a page of it as it is. */
  isMarked: boolean;
  /** It has a page. */
  isStored: boolean;
}

/** Its neighbours in the order of their newest events. */
interface Link extends Resident {
  older: Link | undefined;
  newer: Link | undefined;
}

/**
 * The keys whose states are in memory, that with the newest event last, and how much memory they take. Linked to one another:
 * in a `Map` a key would be taken out and put in again at every event, and the map made anew all the time.
 */
export class ResidentKeys {
  readonly #keys = new Map<string, Link>();
  #oldest: Link | undefined;
  #newest: Link | undefined;
  #bytes = 0;
  #dirtyBytes = 0;

  get count(): number {
    return this.#keys.size;
  }

  /** Of all keys. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Of those that have changed. */
  get dirtyBytes(): number {
    return this.#dirtyBytes;
  }

  get(key: string): Resident | undefined {
    return this.#keys.get(key);
  }

  /** That without an event for the longest time. */
  get oldest(): Resident | undefined {
    return this.#oldest;
  }

  /** In the order in which they came into memory. */
  values(): Iterable<Resident> {
    return this.#keys.values();
  }

  add(key: string, heard: number | null, bytes: number, isStored: boolean): Resident {
    const one: Link = {
      ...{ key, heard, bytes, isStored },
      events: 0,
      isDirty: false,
      isMarked: false,
      older: undefined,
      newer: undefined,
    };
    this.#keys.set(key, one);
    this.#append(one);
    this.#bytes += RECORD_BYTES + bytes;
    return one;
  }

  /** It has changed: it is the last now. */
  change(one: Resident): void {
    const link = one as Link;
    if (link !== this.#newest) {
      this.#takeOut(link);
      this.#append(link);
    }
    if (one.isDirty) return;
    one.isDirty = true;
    this.#dirtyBytes += one.bytes;
  }

  #append(link: Link): void {
    link.older = this.#newest;
    link.newer = undefined;
    if (this.#newest) this.#newest.newer = link;
    else this.#oldest = link;
    this.#newest = link;
  }

  #takeOut({ older, newer }: Link): void {
    if (older) older.newer = newer;
    else this.#oldest = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
  }

  /** An event of it was stepped. */
  count1(one: Resident, slots: readonly StateSlot[]): void {
    if (one.events++ % WEIGHED_EVERY !== 0) return;
    this.weigh(
      one,
      slots.reduce((sum, slot) => sum + (slot.bytesOf?.(one.key) ?? 0), 0),
    );
  }

  /** It takes at least so much. */
  weigh(one: Resident, bytes: number): void {
    if (bytes <= one.bytes) return;
    this.#bytes += bytes - one.bytes;
    if (one.isDirty) this.#dirtyBytes += bytes - one.bytes;
    one.bytes = bytes;
  }

  /** A page of it has been made, of so many bytes. */
  saved(one: Resident, bytes: number): void {
    if (one.isDirty) this.#dirtyBytes -= one.bytes;
    one.isDirty = false;
    one.isMarked = false;
    one.isStored = true;
    this.weigh(one, bytes);
  }

  delete(one: Resident): void {
    if (one.isDirty) this.#dirtyBytes -= one.bytes;
    this.#bytes -= RECORD_BYTES + one.bytes;
    this.#keys.delete(one.key);
    this.#takeOut(one as Link);
  }
}
