import { ByteReader, ByteWriter, type StateSlot } from "../../core/index.js";

/** A key that can be muted. */
interface Mutable {
  /** How many mutes of all keys it has obeyed. */
  obeyed: number;
  mute(until: number): void;
}

/**
 * Mutes of all keys: each key that is known by then obeys when it is next looked at, so that those which aren't in memory
 * need not be fetched. It obeys the newest; had one before it muted, an alert that was open then ends all the same.
 *
 * Stands under the key "" of the slot `mutes`.
 */
export class Mutes implements StateSlot {
  readonly name = "mutes";
  readonly version = 1;
  readonly isShared = true;
  #count = 0;
  /** Event time, ms, of the newest; negative infinity: it ended a mute. */
  #until = Number.NEGATIVE_INFINITY;
  /** The newest that was no end, and its event time. */
  #lastMute = 0;
  #lastUntil = Number.NEGATIVE_INFINITY;

  mute(until: number): void {
    this.#count++;
    this.#until = until;
    if (until === Number.NEGATIVE_INFINITY) return;
    this.#lastMute = this.#count;
    this.#lastUntil = until;
  }

  /** A key that is seen for the first time: what was asked before doesn't concern it. */
  begin<K extends Mutable>(key: K): K {
    key.obeyed = this.#count;
    return key;
  }

  applyTo(key: Mutable): void {
    if (key.obeyed >= this.#count) return;
    if (key.obeyed < this.#lastMute) key.mute(this.#lastUntil);
    key.mute(this.#until);
    key.obeyed = this.#count;
  }

  keys(): Iterable<string> {
    return this.#count > 0 ? [""] : [];
  }

  save(key: string): Uint8Array | undefined {
    if (key !== "" || this.#count === 0) return undefined;
    const to = new ByteWriter().f64(this.#count).f64(this.#until);
    return to.f64(this.#lastMute).f64(this.#lastUntil).finish();
  }

  restore(_key: string, bytes: Uint8Array): void {
    const from = new ByteReader(bytes, `state slot "${this.name}"`);
    [this.#count, this.#until] = [from.f64(), from.f64()];
    [this.#lastMute, this.#lastUntil] = [from.f64(), from.f64()];
    from.end();
  }

  reset(key: string): void {
    if (key !== "") return;
    this.#count = 0;
    this.#lastMute = 0;
  }
}
