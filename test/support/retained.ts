import { randomUUID } from "node:crypto";
import { connectClient } from "../../src/mqtt/index.js";
import { until } from "./until.js";

/** What a broker has retained on topics that match, by topic. */
export async function retained(url: string, filter: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const client = await connectClient({ url });
  try {
    await client.subscribe(filter, (topic, payload, properties) => {
      if (properties.retain) found.set(topic, Buffer.from(payload).toString());
    });
    // Retained messages come before whatever is published once the subscription stands.
    const marker = `marker/${randomUUID()}`;
    let isThrough = false;
    await client.subscribe(marker, () => {
      isThrough = true;
    });
    await client.publish(marker, "");
    await until(() => isThrough, "the marker has come");
    return found;
  } finally {
    await client.close();
  }
}
