import type { KernelModel } from "../cells/index.js";
import { ByteReader, ByteWriter, type StateSlot } from "../core/index.js";

/**
 * The hidden state of every key under one network in the kernel, in its slab: slot `hidden`.
 *
 * The network may be exchanged. What was restored waits until its key's next event, so that it doesn't matter
 * whether the network or the states were restored first.
 */
export class HiddenStates implements StateSlot {
  readonly name = "hidden";
  readonly version = 2;
  #model: KernelModel | undefined;
  /** Key to its slot in the slab. */
  readonly #slots = new Map<string, number>();
  /** Restored states that were not needed yet. */
  readonly #waiting = new Map<string, Float32Array>();

  /** From now on this network steps. States of the one before are gone. */
  serve(model: KernelModel | undefined): void {
    this.#slots.clear();
    this.#model = model;
  }

  /** Forgets every key. */
  clear(): void {
    for (const slot of this.#slots.values()) this.#model?.release(slot);
    this.#slots.clear();
    this.#waiting.clear();
  }

  has(key: string): boolean {
    return this.#slots.has(key) || this.#waiting.has(key);
  }

  /** The key's slot in the network's slab, begun if there is none. */
  of(key: string): number {
    return this.#slots.get(key) ?? this.#begin(key, this.#served);
  }

  #begin(key: string, model: KernelModel): number {
    const slot = model.acquire();
    this.#slots.set(key, slot);
    const waiting = this.#waiting.get(key);
    if (waiting) {
      this.#waiting.delete(key);
      model.writeState(slot, waiting);
    }
    return slot;
  }

  get #served(): KernelModel {
    if (this.#model) return this.#model;
    throw new TypeError("Cannot step: expected a network in service, found none");
  }

  *keys(): Iterable<string> {
    yield* this.#slots.keys();
    yield* this.#waiting.keys();
  }

  save(key: string): Uint8Array | undefined {
    const slot = this.#slots.get(key);
    const state = this.#waiting.get(key) ?? (slot === undefined ? undefined : this.#read(slot));
    return state && new ByteWriter().f32s(state).finish();
  }

  #read(slot: number): Float32Array {
    const model = this.#served;
    const state = new Float32Array(model.stateSize);
    model.readState(state, slot);
    return state;
  }

  restore(key: string, bytes: Uint8Array): void {
    const reader = new ByteReader(bytes, `state slot "${this.name}", key "${key}"`);
    const state = reader.f32s();
    reader.end();
    this.reset(key);
    this.#waiting.set(key, state);
  }

  reset(key: string): void {
    const slot = this.#slots.get(key);
    if (slot !== undefined) this.#model?.release(slot);
    this.#slots.delete(key);
    this.#waiting.delete(key);
  }
}
