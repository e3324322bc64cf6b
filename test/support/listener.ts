import { type Client, connectClient, type ReceivedProperties } from "../../src/mqtt/index.js";
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
  readonly properties: ReceivedProperties;
}

/** Hears all that one pipeline publishes from now on; what the broker has retained is passed over. */
export class Listener {
  /** Everything, in order of arrival. */
  readonly messages: SeenMessage[] = [];
  /** Payloads by position. */
  readonly #predictions = new Map<number, string>();
  /** Positions that were published again, with another payload. */
  readonly #changed: number[] = [];
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async of(url: string, pipeline: string): Promise<Listener> {
    const listener = new Listener(await connectClient({ url }));
    await listener.#client.subscribe(`eddy/${pipeline}/#`, (topic, payload, properties) => {
      if (!properties.retain) listener.#hear({ topic, text: Buffer.from(payload).toString(), properties });
    });
    return listener;
  }

  #hear(message: SeenMessage): void {
    this.messages.push(message);
    if (!message.topic.endsWith("/prediction")) return;
    const { position } = JSON.parse(message.text) as SeenPrediction;
    const before = this.#predictions.get(position);
    if (before === undefined) this.#predictions.set(position, message.text);
    else if (before !== message.text) this.#changed.push(position);
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
    return this.#client.close();
  }
}
