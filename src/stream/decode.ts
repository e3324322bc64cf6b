import { map, type OperatorFunction } from "rxjs";
import type { Codec, SampleReader } from "../codecs/index.js";
import type { Batch, Clock, DeadLetter, LedgerEntry, Request, StreamEvent } from "../core/index.js";
import { streamEvent } from "../core/index.js";
import type { InboundPacket } from "../mqtt/index.js";
import type { PacketBatch } from "./mqtt-source.js";

/** A dead letter keeps no more of its payload than this. */
const KEPT_BYTES = 65_536;

export interface PacketDecoding {
  readonly codec: Codec;
  readonly reader: SampleReader;
  readonly clock: Clock;
  /** Retained messages are the broker's memory, not news: they don't step the network unless asked to. */
  readonly retained: "ignore" | "step";
  /** Takes packets that are no samples but ask for something; undefined: it is answered already. */
  readonly requests?: {
    isRequest(topic: string): boolean;
    read(packet: InboundPacket): Request | undefined;
  };
  /** Leaves events out when too many packets wait behind them. */
  readonly shed?: (events: readonly StreamEvent[], waiting: number) => readonly StreamEvent[];
  /** Counts what is neither stepped nor a dead letter. */
  readonly onIgnored?: (reason: "retained") => void;
}

/**
 * Bytes to samples. A payload may hold several; those that can't be read become dead letters and touch
 * no state. Emits one batch per batch of packets; the delivery goes along. Keeps nothing.
 */
export function decodePackets(options: PacketDecoding): OperatorFunction<PacketBatch, Batch> {
  return map(({ packets, delivery, waiting }): Batch => {
    const events: StreamEvent[] = [];
    const deadLetters: DeadLetter[] = [];
    const ledger: LedgerEntry[] = [];
    const requests: Request[] = [];
    const arrival = options.clock.now();
    const decode = (packet: InboundPacket): void => {
      const { topic, payload, retain, ledger: entry } = packet;
      if (entry) ledger.push(entry);
      if (options.requests?.isRequest(topic)) {
        const asked = options.requests.read(packet);
        if (asked) requests.push(asked);
        return;
      }
      if (retain && options.retained === "ignore") {
        options.onIgnored?.("retained");
        return;
      }
      for (const read of options.reader.fromPayload(options.codec, topic, payload, arrival)) {
        if ("note" in read) {
          deadLetters.push({
            reason: read.note,
            detail: read.detail,
            topic,
            arrival,
            payload: payload.slice(0, KEPT_BYTES),
            bytes: payload.length,
          });
        } else {
          events.push(streamEvent(read));
        }
      }
    };
    for (const packet of packets) {
      decode(packet);
      packet.forgetPayload();
    }
    const kept = options.shed?.(events, waiting) ?? events;
    return { events: kept, requests, deadLetters, ledger, log: [], delivery };
  });
}
