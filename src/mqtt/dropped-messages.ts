import type { MqttClient } from "mqtt";
import type { Protocol } from "./link-options.js";
import { mqttJs } from "./mqtt-js.js";

/** Where Mosquitto says how many messages it has dropped since it was started, because a client's queue was full. */
const DROPPED = "$SYS/broker/publish/messages/dropped";
const AGAIN_MS = 30_000;

export interface DroppedMessagesOptions {
  readonly url: string;
  readonly clientId: string;
  readonly protocol: Protocol;
  readonly username?: string;
  readonly password?: string;
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** Pause before a broker is tried again that was away, default 30,000. */
  readonly againMs?: number;
  /** Called with the broker's count, when it has changed. */
  readonly onCount: (total: number) => void;
}

/**
 * Listens to a broker's count of dropped messages, by a connection of its own, at QoS 0 and without a session, so that
 * nothing that a broker makes of the question concerns the events. A broker that lets in no further client, refuses the
 * subscription, or hangs up instead of answering it isn't asked again; one that has no such count says nothing.
 */
export class DroppedMessages {
  readonly #client: MqttClient;
  #isAsked = false;
  #isAnswered = false;

  constructor({ onCount, url, againMs = AGAIN_MS, ...access }: DroppedMessagesOptions) {
    const { protocol, ...rest } = access;
    this.#client = mqttJs().connect(url, {
      ...rest,
      protocolVersion: protocol === "5" ? 5 : 4,
      clean: true,
      reconnectPeriod: againMs,
      resubscribe: false,
      log: () => {},
    });
    this.#client.on("connect", () => this.#ask());
    this.#client.on("message", (topic, payload) => {
      const total = Number(payload.toString());
      if (topic === DROPPED && payload.length > 0 && Number.isSafeInteger(total) && total >= 0)
        onCount(total);
    });
    this.#client.on("error", (error) => {
      // The network's errors have a code in words, a broker's refusal has a number.
      if ("code" in error && typeof error.code === "number") this.#giveUp();
    });
    this.#client.on("close", () => {
      if (this.#isAsked && !this.#isAnswered) this.#giveUp();
    });
  }

  #ask(): void {
    this.#isAsked = true;
    this.#isAnswered = false;
    this.#client.subscribe(DROPPED, { qos: 0 }, (error, _subscriptions, packet) => {
      this.#isAnswered = true;
      if (error || packet?.granted?.some((code) => Number(code) >= 0x80)) this.#giveUp();
    });
  }

  #giveUp(): void {
    this.#client.end(true);
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }
}
