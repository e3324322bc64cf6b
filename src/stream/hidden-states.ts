import type { KernelModel } from "../cells/index.js";
import { ByteReader, ByteWriter, type StateSlot } from "../core/index.js";

/** A state that waits for its key's next event. */
interface Waiting {
  readonly state: Float32Array;
  /** Under how many networks ago it was made. */
  readonly generation: number;
}

/**
 * The hidden state of every key under one network in the kernel, in its slab: slot `hidden`.
 *
 * The network may be exchanged. What was restored waits until its key's next event, so that it doesn't matter
 * whether the network or the states were restored first; a state of a network that has gone counts for nothing,
 * however late it is restored. How many have gone stands under the key "".
 */
export class HiddenStates implements StateSlot {
  readonly name = "hidden";
  readonly version = 3;
  #model: KernelModel | undefined;
  #generation = 0;
  /** Key to its slot in the slab. */
  readonly #slots = new Map<string, number>();
  /** Restored states that were not needed yet. */
  readonly #waiting = new Map<string, Waiting>();

  /** From now on this network steps. States of the one before are gone. */
  serve(model: KernelModel | undefined): void {
    this.#slots.clear();
    this.#model = model;
  }

  /** Forgets every key, and what is restored of it later. */
  clear(): void {
    for (const slot of this.#slots.values()) this.#model?.release(slot);
    this.#slots.clear();
    this.#waiting.clear();
    this.#generation++;
  }

  has(key: string): boolean {
    return this.#slots.has(key) || this.#stateOf(key) !== undefined;
  }

  /** The key's slot in the network's slab, begun if there is none. */
  of(key: string): number {
    return this.#slots.get(key) ?? this.#begin(key, this.#served);
  }

  #begin(key: string, model: KernelModel): number {
    const slot = model.acquire();
    this.#slots.set(key, slot);
    const state = this.#stateOf(key);
    this.#waiting.delete(key);
    if (state) model.writeState(slot, state);
    return slot;
  }

  #stateOf(key: string): Float32Array | undefined {
    const waiting = this.#waiting.get(key);
    return waiting?.generation === this.#generation ? waiting.state : undefined;
  }

  get #served(): KernelModel {
    if (this.#model) return this.#model;
    throw new TypeError("Cannot step: expected a network in service, found none");
  }

  *keys(): Iterable<string> {
    yield* this.#slots.keys();
    for (const key of this.#waiting.keys()) if (this.#stateOf(key)) yield key;
    if (this.#generation > 0) yield "";
  }

  save(key: string): Uint8Array | undefined {
    if (key === "") {
      return this.#generation > 0 ? new ByteWriter().u32(this.#generation).finish() : undefined;
    }
    const slot = this.#slots.get(key);
    const state = this.#stateOf(key) ?? (slot === undefined ? undefined : this.#read(slot));
    return state && new ByteWriter().u32(this.#generation).f32s(state).finish();
  }

  #read(slot: number): Float32Array {
    const model = this.#served;
    const state = new Float32Array(model.stateSize);
    model.readState(state, slot);
    return state;
  }

  restore(key: string, bytes: Uint8Array): void {
    const reader = new ByteReader(bytes, `state slot "${this.name}", key "${key}"`);
    const generation = reader.u32();
    if (key === "") {
      reader.end();
      this.#generation = generation;
      return;
    }
    const state = reader.f32s();
    reader.end();
    this.reset(key);
    this.#waiting.set(key, { state, generation });
  }

  reset(key: string): void {
    if (key === "") this.#generation = 0;
    const slot = this.#slots.get(key);
    if (slot !== undefined) this.#model?.release(slot);
    this.#slots.delete(key);
    this.#waiting.delete(key);
  }
}
