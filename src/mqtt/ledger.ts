import { type LedgerEntry, problem } from "../core/index.js";
import { UNKNOWN_HASH } from "./packet-hash.js";
import { PacketTable } from "./packet-table.js";

/** What became of a packet that was handed over. */
export type LedgerState = "in-flight" | "committed" | "refused";

/** One packet as the ledger knows it; `state` is for its taker to set. */
export interface LedgerRecord extends LedgerEntry {
  state: LedgerState;
}

interface StoredRecord extends LedgerRecord {
  packetId: number;
  qos: 1 | 2;
  hash: number;
  /** Place in the order of arrival. */
  order: number;
  /** The network connection it first arrived on. */
  link: number;
}

/** What the ledger says of a packet that has just arrived. */
export interface Arrival {
  readonly record: LedgerRecord;
  /** It has been handed over before: answer it when `record` is committed, but do not take it again. */
  readonly isRepeated: boolean;
}

export interface LedgerOptions {
  /**
   * How many packets are remembered. A broker assigns its 65,535 packet ids in turn, so what is remembered
   * must be far fewer, or an id that has come round would look like a repeat. At least the number of
   * packets that may be un-acknowledged.
   */
  readonly capacity?: number;
  /** What was committed in earlier runs, in the order of commits. */
  readonly entries?: readonly LedgerEntry[];
}

/**
 * Which packets have been taken, so that what the broker delivers again after a reconnect is told from
 * what is new: entries committed but perhaps not known to the broker as acknowledged, then packets in
 * flight. Packets with DUP = 1 that match these in order (packet id, hash) are repeats; matching ends at
 * the first that does not, until the next connection. A packet with DUP = 0 is new, and clears its id's
 * entry.
 *
 * Exact on brokers that keep the session and assign packet ids in turn. A broker that is seen to assign an
 * id again while it is still remembered (some take the lowest free one) is not trusted until it begins a
 * new session: all its packets are new, which is at least once.
 *
 * A QoS 2 packet is known by its id and hash alone until it is released: exact on any broker that keeps the session.
 *
 * Memory: `capacity` records.
 */
export class Ledger {
  readonly capacity: number;
  readonly #records = new PacketTable<StoredRecord>();
  /** The same in order of arrival, from `#first` on; among them some whose id has gone to another since. */
  #arrivals: StoredRecord[] = [];
  #first = 0;
  /** Records of packets that are forgotten, none of them in flight, for others. They live for thousands of packets: new ones would be moved by each collection of garbage. */
  readonly #spare: StoredRecord[] = [];
  #order = 0;
  #link = 0;
  #isMatching = false;
  /** The order of the newest record matched on this connection. */
  #matched = -1;
  #isInTurn = true;

  /** @throws RangeError code `BAD_LEDGER_CAPACITY` unless 1 <= capacity <= 32,767 */
  constructor(options: LedgerOptions = {}) {
    this.capacity = options.capacity ?? 4096;
    if (!(Number.isInteger(this.capacity) && this.capacity >= 1 && this.capacity <= 32_767)) {
      throw problem(RangeError, {
        code: "BAD_LEDGER_CAPACITY",
        action: "make a ledger",
        on: "of packet ids",
        expected: "a capacity from 1 to 32767, half of all packet ids",
        found: String(options.capacity),
      });
    }
    const entries = options.entries ?? [];
    for (const { packetId, qos, hash } of entries) this.#remember(packetId, qos, hash).state = "committed";
    const newest = entries.at(-1);
    this.#isInTurn = newest === undefined || !Number.isNaN(newest.hash);
  }

  get size(): number {
    return this.#records.size;
  }

  /** The broker assigns packet ids in turn, as far as has been seen; without that there is no matching. */
  get isExact(): boolean {
    return this.#isInTurn;
  }

  /** A network connection stands; its packets come next. Without the old session everything is new. */
  connected(sessionPresent: boolean): void {
    this.#link++;
    this.#isMatching = true;
    this.#matched = -1;
    if (!sessionPresent) {
      this.#records.clear();
      this.#arrivals = [];
      this.#first = 0;
      this.#isInTurn = true;
    }
  }

  /** A packet has arrived on the connection that stands. */
  arrived(packetId: number, hash: number, isDuplicate: boolean, qos: 1 | 2 = 1): Arrival {
    const known = this.#records.get(packetId);
    if (qos === 2) return this.#arrivedOnce(packetId, hash, known);
    if (isDuplicate && this.#isMatching && this.#isInTurn) {
      if (known?.qos === qos && known.hash === hash && known.order > this.#matched) {
        this.#matched = known.order;
        if (known.state !== "refused") return { record: known, isRepeated: true };
        known.state = "in-flight";
        return { record: known, isRepeated: false };
      }
      this.#isMatching = false;
    }
    if (known !== undefined && !isDuplicate && known.link === this.#link) this.#isInTurn = false;
    const record = this.#remember(packetId, qos, this.#isInTurn ? hash : UNKNOWN_HASH);
    return { record, isRepeated: false };
  }

  /** Until its PUBREL a QoS 2 packet's id is its own (MQTT 5, 4.3.3), in whatever order packets come again. */
  #arrivedOnce(packetId: number, hash: number, known: StoredRecord | undefined): Arrival {
    if (known?.qos !== 2 || known.hash !== hash) {
      return { record: this.#remember(packetId, 2, hash), isRepeated: false };
    }
    const isRepeated = known.state !== "refused";
    if (!isRepeated) known.state = "in-flight";
    return { record: known, isRepeated };
  }

  /** The broker has said that it is done with the packet (QoS 2: PUBREL). */
  released(packetId: number): void {
    this.#records.delete(packetId);
  }

  #remember(packetId: number, qos: 1 | 2, hash: number): StoredRecord {
    const record: StoredRecord = this.#spare.pop() ?? {
      ...{ packetId, qos, hash },
      state: "in-flight",
      order: 0,
      link: 0,
    };
    record.packetId = packetId;
    record.qos = qos;
    record.hash = hash;
    record.state = "in-flight";
    record.order = this.#order++;
    record.link = this.#link;
    this.#records.set(record);
    this.#arrivals.push(record);
    this.#forgetOldest();
    return record;
  }

  #forgetOldest(): void {
    for (;;) {
      const oldest = this.#arrivals[this.#first];
      if (oldest === undefined) break;
      if (this.#records.get(oldest.packetId) === oldest) {
        if (this.#records.size <= this.capacity || oldest.state === "in-flight") break;
        this.#records.delete(oldest.packetId);
      }
      if (oldest.state !== "in-flight") this.#spare.push(oldest);
      this.#first++;
    }
    if (this.#first < this.capacity) return;
    this.#arrivals.splice(0, this.#first);
    this.#first = 0;
  }
}
