import type { IPublishPacket, MqttClient } from "mqtt";
import { matches } from "../core/index.js";
import { mqttJs } from "./mqtt-js.js";

export interface ClientOptions {
  readonly url: string;
  /** Default: one made up, for this connection only. */
  readonly clientId?: string;
  readonly username?: string;
  readonly password?: string;
  /** Default: 5, or 3.1.1 where the broker does not speak 5. */
  readonly protocol?: "5" | "3.1.1";
}

export interface ClientPublishOptions {
  /** Default 1. */
  readonly qos?: 0 | 1 | 2;
  readonly retain?: boolean;
}

/** What a message says of itself beside topic and payload; the last three on MQTT 5 only. */
export interface ReceivedProperties {
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly contentType: string | undefined;
  readonly expirySeconds: number | undefined;
  readonly eddyId: string | undefined;
}

export type MessageHandler = (topic: string, payload: Uint8Array, properties: ReceivedProperties) => void;

/** A plain publisher and subscriber. */
export interface Client {
  /** Resolves at PUBACK (QoS 1), at PUBCOMP (QoS 2), or when it is written (QoS 0). */
  publish(topic: string, payload: string | Uint8Array, options?: ClientPublishOptions): Promise<void>;
  /** Resolves when the broker has the subscription, at QoS 1. @throws Error when the broker refuses it */
  subscribe(filter: string, onMessage: MessageHandler): Promise<void>;
  /** Waits for publishes under way, then disconnects. */
  close(): Promise<void>;
}

/**
 * Connects a plain client, for simulated sensors and whoever reads the results: clean session, reconnects
 * by itself once it has been connected.
 *
 * @throws Error what the network or the broker says, when the first attempt fails
 */
export async function connectClient(options: ClientOptions): Promise<Client> {
  if (options.protocol !== undefined) return new PlainClient(await attempt(options, options.protocol));
  try {
    return new PlainClient(await attempt(options, "5"));
  } catch (error) {
    if (isUnreachable(error)) throw error;
    return new PlainClient(await attempt(options, "3.1.1"));
  }
}

function attempt(options: ClientOptions, protocol: "5" | "3.1.1"): Promise<MqttClient> {
  const { url, clientId, username, password } = options;
  return mqttJs().connectAsync(
    url,
    {
      protocolVersion: protocol === "5" ? 5 : 4,
      ...(clientId !== undefined && { clientId }),
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    },
    false,
  );
}

/** The network's errors have a code in words; a broker's refusal has a number or none. */
function isUnreachable(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && typeof error.code === "string" && error.code !== "ECONNRESET"
  );
}

class PlainClient implements Client {
  readonly #mqtt: MqttClient;
  readonly #subscriptions: { readonly filter: string; readonly onMessage: MessageHandler }[] = [];

  constructor(mqtt: MqttClient) {
    this.#mqtt = mqtt;
    mqtt.on("message", (topic, payload, packet) => {
      const properties = propertiesOf(packet);
      for (const { filter, onMessage } of this.#subscriptions) {
        if (matches(filter, topic)) onMessage(topic, payload, properties);
      }
    });
  }

  async publish(
    topic: string,
    payload: string | Uint8Array,
    options: ClientPublishOptions = {},
  ): Promise<void> {
    const { qos = 1, retain = false } = options;
    await this.#mqtt.publishAsync(topic, Buffer.from(payload), { qos, retain });
  }

  async subscribe(filter: string, onMessage: MessageHandler): Promise<void> {
    this.#subscriptions.push({ filter, onMessage });
    await this.#mqtt.subscribeAsync(filter, { qos: 1 });
  }

  async close(): Promise<void> {
    await this.#mqtt.endAsync();
  }
}

function propertiesOf({ qos, retain, properties }: IPublishPacket): ReceivedProperties {
  const eddyId = properties?.userProperties?.["eddy-id"];
  return {
    qos,
    retain,
    contentType: properties?.contentType,
    expirySeconds: properties?.messageExpiryInterval,
    eddyId: Array.isArray(eddyId) ? eddyId[0] : eddyId,
  };
}
