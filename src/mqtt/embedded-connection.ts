import { matches } from "../core/index.js";
import type { Connection, ConnectionHandlers, OnPublished, OutboundMessage } from "./connection.js";
import { offline, openedTwice, promised } from "./connection-checks.js";
import { HeldPacket, type PacketContent } from "./held-packet.js";

/** What a connection needs of the broker that it lives in. */
export interface EmbeddedBrokerPort {
  publish(message: OutboundMessage, from: EmbeddedConnection, onPublished: OnPublished): void;
  retained(filters: readonly string[]): AsyncIterable<PacketContent>;
}

/** How a packet that was offered to a connection ended. */
export type Answer = "committed" | "refused";

/**
 * A pipeline's line to the broker in its own process. A packet is offered, and whoever offered it waits
 * for the answer. Packets that come before `open()` wait for it; packets after `pause()` are refused, so
 * that nothing is acknowledged which nobody keeps.
 */
export class EmbeddedConnection implements Connection {
  readonly filters: readonly string[];
  readonly #broker: EmbeddedBrokerPort;
  readonly #early: { content: PacketContent; answer: (answer: Answer) => void }[] = [];
  #handlers: ConnectionHandlers | undefined;
  #isPaused = false;
  #isClosed = false;

  constructor(filters: readonly string[], broker: EmbeddedBrokerPort) {
    this.filters = filters;
    this.#broker = broker;
  }

  /** Nothing is kept by it any more: a connection with the same filters takes its place. */
  isReplacedBy(filters: readonly string[]): boolean {
    return this.#isClosed && filters.join("\n") === this.filters.join("\n");
  }

  isInterestedIn(topic: string): boolean {
    return this.filters.some((filter) => matches(filter, topic));
  }

  /** @param answer called once, when the packet is settled */
  offer(content: PacketContent, answer: (answer: Answer) => void): void {
    if (this.#isPaused) {
      answer("refused");
    } else if (this.#handlers === undefined) {
      this.#early.push({ content, answer });
    } else {
      const onSettled = (_: HeldPacket, isCommitted: boolean) =>
        answer(isCommitted ? "committed" : "refused");
      this.#handlers.onPacket(new HeldPacket(content, undefined, onSettled));
    }
  }

  open(handlers: ConnectionHandlers): void {
    if (this.#handlers !== undefined || this.#isClosed) throw openedTwice(this.filters.join(", "));
    this.#handlers = handlers;
    queueMicrotask(() => this.#start(handlers));
  }

  async publish(message: OutboundMessage): Promise<void> {
    await promised((onPublished) => this.send(message, onPublished));
  }

  send(message: OutboundMessage, onPublished: OnPublished): void {
    if (this.#handlers === undefined || this.#isClosed) onPublished(offline(message.topic));
    else this.#broker.publish(message, this, onPublished);
  }

  pause(): void {
    this.#isPaused = true;
    for (const { answer } of this.#early.splice(0)) answer("refused");
  }

  async close(): Promise<void> {
    this.pause();
    this.#isClosed = true;
  }

  async #start(handlers: ConnectionHandlers): Promise<void> {
    if (this.#isPaused) return;
    handlers.onState({ state: "online", protocol: "embedded", sessionPresent: false });
    for (const { content, answer } of this.#early.splice(0)) this.offer(content, answer);
    for await (const content of this.#broker.retained(this.filters)) this.offer(content, () => {});
  }
}
