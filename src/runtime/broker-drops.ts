import { DroppedMessages, type DroppedMessagesOptions } from "../mqtt/index.js";

type Listener = (total: number) => void;

interface Line {
  readonly listeners: Set<Listener>;
  readonly messages: DroppedMessages;
  total: number | undefined;
}

/** Listens to the counts of dropped messages of several brokers, by one connection each, however many pipelines listen. */
export class BrokerDrops {
  readonly #lines = new Map<string, Line>();

  /** @returns what ends it */
  listen(options: Omit<DroppedMessagesOptions, "onCount">, listener: Listener): () => Promise<void> {
    const { url } = options;
    const line = this.#lines.get(url) ?? this.#open(options);
    line.listeners.add(listener);
    if (line.total !== undefined) listener(line.total);
    return async () => {
      line.listeners.delete(listener);
      if (line.listeners.size > 0 || this.#lines.get(url) !== line) return;
      this.#lines.delete(url);
      await line.messages.close();
    };
  }

  #open(options: Omit<DroppedMessagesOptions, "onCount">): Line {
    const onCount = (total: number): void => {
      line.total = total;
      for (const listener of line.listeners) listener(total);
    };
    const line: Line = {
      listeners: new Set(),
      messages: new DroppedMessages({ ...options, onCount }),
      total: undefined,
    };
    this.#lines.set(options.url, line);
    return line;
  }
}
