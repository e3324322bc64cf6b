import { problem } from "../core/index.js";
import type { InboundPacket } from "./connection.js";
import type { LedgerRecord } from "./ledger.js";

/** What a PUBLISH says, whatever library parsed it. */
export interface PacketContent {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly responseTopic?: string | undefined;
  readonly correlationData?: Uint8Array | undefined;
}

/** Told once how a packet ended; one for all, lest each packet needs a function of its own. */
export type OnSettled = (packet: HeldPacket, isCommitted: boolean) => void;

const NOTHING = new Uint8Array(0);

/** A packet handed over and not yet answered; tells whoever made it how it was settled. */
export class HeldPacket implements InboundPacket {
  readonly topic: string;
  /** Of its payload. */
  readonly bytes: number;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly ledger: LedgerRecord | undefined;
  readonly responseTopic: string | undefined;
  readonly correlationData: Uint8Array | undefined;
  #payload: Uint8Array;
  #onSettled: OnSettled | undefined;

  constructor(content: PacketContent, ledger: LedgerRecord | undefined, onSettled: OnSettled) {
    this.topic = content.topic;
    this.#payload = content.payload;
    this.bytes = content.payload.byteLength;
    this.qos = content.qos;
    this.retain = content.retain;
    this.ledger = ledger;
    this.responseTopic = content.responseTopic;
    this.correlationData = content.correlationData;
    this.#onSettled = onSettled;
  }

  get payload(): Uint8Array {
    return this.#payload;
  }

  forgetPayload(): void {
    this.#payload = NOTHING;
  }

  acknowledge(): void {
    this.#settle("acknowledge", true);
  }

  refuse(): void {
    this.#settle("refuse", false);
  }

  /** @throws Error code `PACKET_SETTLED_TWICE` */
  #settle(action: string, isCommitted: boolean): void {
    const onSettled = this.#onSettled;
    if (onSettled === undefined) {
      throw problem(Error, {
        code: "PACKET_SETTLED_TWICE",
        action,
        on: `a packet to ${JSON.stringify(this.topic)}`,
        expected: "a packet that is not settled yet",
        found: "one that is",
      });
    }
    this.#onSettled = undefined;
    onSettled(this, isCommitted);
  }
}
