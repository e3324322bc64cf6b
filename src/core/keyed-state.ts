import { ByteReader, ByteWriter } from "./bytes.js";
import type { StateSlot } from "./state-slot.js";

/** How one key's memory begins and how it is written down. */
export interface KeyedStateFormat<S> {
  readonly name: string;
  readonly version: number;
  create(): S;
  write(state: S, to: ByteWriter): void;
  read(from: ByteReader): S;
  /** Gives back what a record holds that the garbage collector can't see; default: nothing. */
  release?(state: S): void;
  /** Memory that a record holds, bytes, where that is more than a few kilobytes. */
  bytes?(state: S): number;
}

/** A state slot that remembers one record per key. */
export class KeyedState<S> implements StateSlot {
  readonly name: string;
  readonly version: number;
  readonly #format: KeyedStateFormat<S>;
  readonly #states = new Map<string, S>();

  constructor(format: KeyedStateFormat<S>) {
    this.name = format.name;
    this.version = format.version;
    this.#format = format;
  }

  /** The key's record, begun if there is none; the caller may change it in place. */
  of(key: string): S {
    let state = this.#states.get(key);
    if (state === undefined) {
      state = this.#format.create();
      this.#states.set(key, state);
    }
    return state;
  }

  has(key: string): boolean {
    return this.#states.has(key);
  }

  get size(): number {
    return this.#states.size;
  }

  keys(): Iterable<string> {
    return this.#states.keys();
  }

  save(key: string): Uint8Array | undefined {
    const state = this.#states.get(key);
    if (state === undefined) return undefined;
    const writer = new ByteWriter();
    this.#format.write(state, writer);
    return writer.finish();
  }

  bytesOf(key: string): number {
    const state = this.#states.get(key);
    return state === undefined ? 0 : (this.#format.bytes?.(state) ?? 0);
  }

  restore(key: string, bytes: Uint8Array): void {
    const reader = new ByteReader(bytes, `state slot "${this.name}", key "${key}"`);
    const state = this.#format.read(reader);
    reader.end();
    this.reset(key);
    this.#states.set(key, state);
  }

  reset(key: string): void {
    const state = this.#states.get(key);
    if (state !== undefined) this.#format.release?.(state);
    this.#states.delete(key);
  }
}
