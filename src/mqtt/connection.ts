import type { LedgerEntry } from "../core/index.js";

/** A PUBLISH that came in. Whoever takes it must settle it by `acknowledge` or `refuse`, once. */
export interface InboundPacket {
  readonly topic: string;
  /** Empty once it was forgotten. */
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** For the ledger; undefined at QoS 0 and from the embedded broker. */
  readonly ledger: LedgerEntry | undefined;
  /** Where whoever sent it wants its answer, and what the answer has to carry (MQTT 5). */
  readonly responseTopic?: string | undefined;
  readonly correlationData?: Uint8Array | undefined;
  /**
   * What it says has been read: while it waits to be settled it need not hold on to the piece of what was received that its
   * payload lies in, with those of hundreds of others.
   */
  forgetPayload(): void;
  /** It is in the store: the sender may forget it. Packets are answered in the order of their arrival. */
  acknowledge(): void;
  /**
   * It could not be kept: it stays un-acknowledged and comes again. As MQTT sends it again only after a
   * reconnect, the connection reconnects once all that it has handed over is settled.
   */
  refuse(): void;
}

export interface OutboundMessage {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly qos: 0 | 1;
  readonly retain?: boolean;
  /** Seconds after which the broker forgets it (MQTT 5). */
  readonly expirySeconds?: number;
  readonly contentType?: string;
  /** User property `eddy-id` (MQTT 5). */
  readonly eddyId?: string;
  /** Of an answer: by which it is known (MQTT 5). */
  readonly correlationData?: Uint8Array;
}

/** Told once: without an error when the broker has the message. */
export type OnPublished = (error?: Error) => void;

export type ConnectionState =
  | {
      readonly state: "online";
      readonly protocol: "5" | "3.1.1" | "embedded";
      readonly sessionPresent: boolean;
    }
  | { readonly state: "offline"; readonly why: string };

/** One pipeline's line to a broker: a real one through mqtt.js, or the embedded one. */
export interface Connection {
  /**
   * Starts: connects (retrying for ever), subscribes to `filters` and hands over packets in order.
   * Returns at once; a broker that is away is not an error.
   */
  open(handlers: ConnectionHandlers): void;
  /**
   * Publishes; resolves when the broker has it (QoS 1: PUBACK).
   * @throws Error code `OFFLINE` while there is no connection, or when it was lost before the PUBACK
   */
  publish(message: OutboundMessage): Promise<void>;
  /** The same without a promise, for streams of messages. */
  send(message: OutboundMessage, onPublished: OnPublished): void;
  /** Hands over nothing more; what is in flight can still be settled, and publishing goes on. For good. */
  pause(): void;
  /**
   * Pauses, and disconnects cleanly, so that no will is published. An orderly stop pauses, settles what it
   * has taken and publishes its last status first; what is un-acknowledged stays so.
   */
  close(): Promise<void>;
}

export interface ConnectionHandlers {
  /** What a kept session still holds may come before `onState` says online. */
  onPacket(packet: InboundPacket): void;
  /** Called on every change. Without the old session (`sessionPresent` false) a kept ledger is void. */
  onState(state: ConnectionState): void;
}
