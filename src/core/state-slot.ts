/**
 * Whatever an operator remembers between batches. The runtime knows every slot, takes snapshots of it
 * and restores them. What belongs to no key (a counter, the network in service) stands under the key "".
 *
 * Laws (test/conformance/state-slot.ts): save, restore, continue is bit-identical; saving changes nothing.
 */
export interface StateSlot {
  readonly name: string;
  /** Of the byte format; a snapshot of another version is not restored. */
  readonly version: number;
  /** All of it stands under the key "": there is nothing of a key's own. */
  readonly isShared?: boolean;
  keys(): Iterable<string>;
  /** @returns the entry's bytes, owned by the caller; undefined if nothing is remembered of the key */
  save(key: string): Uint8Array | undefined;
  /**
   * Keeps nothing of the bytes: they stay the caller's.
   *
   * @throws RangeError code `STATE_CORRUPT` when the bytes are not what `save` wrote
   */
  restore(key: string, bytes: Uint8Array): void;
  /** Memory that is held for the key, bytes, where that is more than a few kilobytes. Asked often. */
  bytesOf?(key: string): number;
  /** Forgets the key. */
  reset(key: string): void;
}
