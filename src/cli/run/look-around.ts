import { setTimeout } from "node:timers/promises";
import { distance } from "fastest-levenshtein";
import { connectClient } from "../../mqtt/index.js";

/** How long it listens, and how much it hears at most: a busy broker has nothing to fear from it. */
const LISTEN_MS = 2_000;
const MOST_MESSAGES = 500;

export interface LookAroundOptions {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Filters that the topics ought to have matched: the most similar ones come first. */
  readonly wanted: readonly string[];
  /** Topics that begin so are Eddy's own. */
  readonly base: string;
}

/**
 * Topics on which messages come on a broker, heard for two seconds, retained ones included.
 *
 * @throws Error when the broker can't be reached, or lets nobody listen to everything
 */
export async function lookAround({ wanted, base, ...access }: LookAroundOptions): Promise<string[]> {
  const client = await connectClient(access);
  try {
    const topics = new Set<string>();
    let enough: () => void = () => {};
    const isEnough = new Promise<void>((resolve) => {
      enough = resolve;
    });
    let heard = 0;
    await client.subscribe("#", (topic) => {
      if (!topic.startsWith(`${base}/`)) topics.add(topic);
      if (++heard >= MOST_MESSAGES) enough();
    });
    await Promise.race([setTimeout(LISTEN_MS), isEnough]);
    const similar = (topic: string) => Math.min(...wanted.map((filter) => distance(filter, topic)));
    return [...topics].sort((a, b) => similar(a) - similar(b));
  } finally {
    await client.close();
  }
}
