import type { ServerResponse } from "node:http";
import type { LiveFeed } from "./live-feed.js";

/** Bytes that wait for a slow reader before it is dropped: it may come again, and begins anew. */
const MOST_WAITING = 1_048_576;

/**
 * Streams what a feed says as server-sent events (HTML standard, section 9.2) until the page is gone or too slow.
 *
 * @param onEnd called once
 */
export function streamEvents(
  feed: LiveFeed,
  wanted: { readonly key: string | undefined; readonly target: number },
  response: ServerResponse,
  onEnd: () => void,
): void {
  response.write("retry: 2000\n\n");
  const leave = feed.join({
    ...wanted,
    send(event, json) {
      if (response.writableLength > MOST_WAITING) {
        response.destroy();
        return;
      }
      response.write(`event: ${event}\ndata: ${json}\n\n`);
    },
  });
  response.once("close", () => {
    leave();
    onEnd();
  });
}
