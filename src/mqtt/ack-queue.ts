import type { LedgerState } from "./ledger.js";

/** For what is committed when it comes: the ledger may use its record for another packet before this one's turn. */
const COMMITTED = { state: "committed" } as const;

/**
 * Packets of one network connection that wait for their answer. Answers go out strictly in order of
 * arrival (MQTT 5, 4.6): a packet committed early waits for those before it; a refused one is passed over.
 *
 * Memory: one entry per un-acknowledged packet.
 */
export class AckQueue {
  readonly #send: (packetId: number) => void;
  readonly #waiting: { readonly packetId: number; readonly record: { readonly state: LedgerState } }[] = [];

  constructor(send: (packetId: number) => void) {
    this.#send = send;
  }

  /** Packets without an answer, but for refused ones that are next. */
  get size(): number {
    return this.#waiting.length;
  }

  /** @param record tells what becomes of the packet; none: it may be answered when it is its turn */
  expect(packetId: number, record?: { readonly state: LedgerState }): void {
    const isOpen = record !== undefined && record.state !== "committed";
    this.#waiting.push({ packetId, record: isOpen ? record : COMMITTED });
  }

  isExpecting(record: { readonly state: LedgerState }): boolean {
    return this.#waiting.some((waiting) => waiting.record === record);
  }

  /** Sends what is due. */
  flush(): void {
    for (let next = this.#waiting[0]; next && next.record.state !== "in-flight"; next = this.#waiting[0]) {
      this.#waiting.shift();
      if (next.record.state === "committed") this.#send(next.packetId);
    }
  }
}
