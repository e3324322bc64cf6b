import { randomUUID } from "node:crypto";
import { connectAsync, type IPublishPacket, type MqttClient } from "mqtt";
import { until } from "./until.js";

/** A prediction as it was published; what else it says is in `text`. */
export interface SeenPrediction {
  readonly id: string;
  readonly key: string;
  readonly value: number;
  readonly forecast: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly score: number | null;
  readonly alert: boolean;
  readonly model: string;
  readonly seq: number;
  readonly position: number;
  readonly time: string;
}

export interface SeenMessage {
  readonly topic: string;
  readonly text: string;
  readonly eddyId: unknown;
  readonly contentType: string | undefined;
  readonly expirySeconds: number | undefined;
}

/**
 * Hears all that one pipeline publishes from now on, in a session that outlasts the broker's restarts; what
 * the broker has retained is passed over.
 */
export class Listener {
  /** Everything, in order of arrival. */
  readonly messages: SeenMessage[] = [];
  /** Payloads by position. */
  readonly #predictions = new Map<number, string>();
  /** Positions that were published again, with another payload. */
  readonly #changed: number[] = [];
  readonly #client: MqttClient;

  private constructor(client: MqttClient) {
    this.#client = client;
    // A broker that is away is tried again.
    client.on("error", () => {});
    client.on("message", (topic, payload, packet) => this.#hear(topic, payload.toString(), packet));
  }

  static async of(url: string, pipeline: string): Promise<Listener> {
    const client = await connectAsync(url, {
      protocolVersion: 5,
      clientId: `listener-${randomUUID()}`,
      clean: false,
      properties: { sessionExpiryInterval: 3600 },
      reconnectPeriod: 50,
      resubscribe: false,
    });
    const listener = new Listener(client);
    await client.subscribeAsync(`eddy/${pipeline}/#`, { qos: 1 });
    return listener;
  }

  #hear(topic: string, text: string, { retain, properties }: IPublishPacket): void {
    if (retain) return;
    this.messages.push({
      topic,
      text,
      eddyId: properties?.userProperties?.["eddy-id"],
      contentType: properties?.contentType,
      expirySeconds: properties?.messageExpiryInterval,
    });
    // An empty one takes back what was retained of a key that has expired.
    if (!topic.endsWith("/prediction") || text === "") return;
    const { position } = JSON.parse(text) as SeenPrediction;
    const before = this.#predictions.get(position);
    if (before === undefined) this.#predictions.set(position, text);
    else if (before !== text) this.#changed.push(position);
  }

  /** How many positions have a prediction. */
  get count(): number {
    return this.#predictions.size;
  }

  /** Payloads by position. @throws Error if one was published again with another payload */
  get predictionTexts(): string[] {
    if (this.#changed.length > 0) throw new Error(`Positions ${this.#changed} were published twice, changed`);
    return [...this.#predictions].sort(([a], [b]) => a - b).map(([, text]) => text);
  }

  get predictions(): SeenPrediction[] {
    return this.predictionTexts.map((text) => JSON.parse(text) as SeenPrediction);
  }

  /** Bodies that came on topics with this end, in order of arrival. */
  bodies<T>(end: string): T[] {
    const mine = this.messages.filter(({ topic, text }) => topic.endsWith(end) && text !== "");
    return mine.map(({ text }) => JSON.parse(text) as T);
  }

  /** Fulfilled when so many positions have a prediction. */
  hasSeen(count: number): Promise<void> {
    return until(
      () => this.count >= count,
      () => `${count} predictions have come, not ${this.count}`,
    );
  }

  close(): Promise<void> {
    return this.#client.endAsync();
  }
}
