import { ByteReader, ByteWriter, type StateSlot } from "../core/index.js";
import { Starter, type StarterOptions, type StarterStep } from "../training/index.js";

/**
 * What forecasts before there is a network (see `Starter`), behind the slot `starter`: under the key "" what its rules
 * have learned, under each key what that waits for. It begins anew each time a network goes; what is restored of a key
 * later and comes from before counts for nothing.
 */
export class StarterStates implements StateSlot {
  readonly name = "starter";
  readonly version = 2;
  readonly #options: StarterOptions;
  #starter: Starter;
  /** Only reads. */
  readonly #reader: Starter;
  /** How many it has been. */
  #generation = 0;
  /** Keys that it was told of without an event of theirs. */
  #told = new Set<string>();
  /** States of keys that were restored before it was known which starter is theirs. */
  readonly #early = new Map<string, { readonly generation: number; readonly bytes: Uint8Array }>();

  constructor(options: StarterOptions) {
    this.#options = options;
    this.#starter = new Starter(options);
    this.#reader = new Starter(options);
  }

  get starter(): Starter {
    return this.#starter;
  }

  step(step: StarterStep): Float64Array {
    this.#settle(step.key);
    return this.#starter.step(step);
  }

  /** Begins anew, and learns what is remembered. */
  renew(steps: Iterable<StarterStep> = []): void {
    this.#starter = new Starter(this.#options);
    this.#generation++;
    this.#early.clear();
    this.#told.clear();
    for (const step of steps) {
      this.#starter.step(step);
      this.#told.add(step.key);
    }
  }

  /** Keys that it was told of since it was last asked. */
  takeTold(): ReadonlySet<string> {
    const told = this.#told;
    if (told.size > 0) this.#told = new Set();
    return told;
  }

  *keys(): Iterable<string> {
    yield* this.#starter.keys();
    for (const key of this.#early.keys()) if (!this.#starter.has(key) && this.#earlyOf(key)) yield key;
    if (this.#isKnown) yield "";
  }

  get #isKnown(): boolean {
    return !this.#starter.isFresh || this.#generation > 0;
  }

  save(key: string): Uint8Array | undefined {
    const to = new ByteWriter().u32(this.#generation);
    if (key === "") {
      if (!this.#isKnown) return undefined;
      to.u8(this.#starter.isFresh ? 0 : 1);
      if (!this.#starter.isFresh) this.#starter.write(to);
      return to.finish();
    }
    this.#settle(key);
    if (!this.#starter.has(key)) return undefined;
    this.#starter.writeKey(key, to);
    return to.finish();
  }

  restore(key: string, bytes: Uint8Array): void {
    const from = new ByteReader(bytes, `state slot "${this.name}", key "${key}"`);
    const generation = from.u32();
    if (key === "") {
      const starter = new Starter(this.#options);
      if (from.u8() === 1) starter.read(from);
      from.end();
      this.#generation = generation;
      this.#starter = starter;
      return;
    }
    // Read once now, so that bytes that can't be read are refused here.
    this.#reader.readKey(key, from);
    this.#reader.forget(key);
    from.end();
    if (!this.#starter.has(key) || generation === this.#generation)
      this.#early.set(key, { generation, bytes: bytes.slice() });
  }

  #earlyOf(key: string): Uint8Array | undefined {
    const early = this.#early.get(key);
    return early?.generation === this.#generation ? early.bytes : undefined;
  }

  /** What was restored of a key is its state now, if it is of this starter. */
  #settle(key: string): void {
    const bytes = this.#earlyOf(key);
    this.#early.delete(key);
    if (bytes === undefined) return;
    const from = new ByteReader(bytes, `state slot "${this.name}", key "${key}"`);
    from.u32();
    this.#starter.readKey(key, from);
  }

  reset(key: string): void {
    if (key === "") {
      this.#starter = new Starter(this.#options);
      this.#generation = 0;
      this.#early.clear();
      return;
    }
    this.#early.delete(key);
    this.#starter.forget(key);
  }
}
