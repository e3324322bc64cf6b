import { randomUUID } from "node:crypto";
import { connectAsync } from "mqtt";

/** Leaves a session with a subscription at the broker, and stays away: what comes waits there. */
export async function sleepingSubscriber(url: string, filter: string): Promise<void> {
  const client = await connectAsync(url, {
    protocolVersion: 5,
    clientId: `sleeper-${randomUUID()}`,
    clean: false,
    properties: { sessionExpiryInterval: 3600 },
  });
  await client.subscribeAsync(filter, { qos: 1 });
  await client.endAsync();
}
