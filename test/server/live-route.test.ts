import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import type { LiveFeed, Reader } from "../../src/server/live-feed.js";
import { streamEvents } from "../../src/server/live-route.js";

/** A response to a browser that reads nothing: what is written waits. */
class SlowResponse extends EventEmitter {
  writableLength = 0;
  isDestroyed = false;
  write(text: string): boolean {
    this.writableLength += text.length;
    return false;
  }
  destroy(): void {
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    this.emit("close");
  }
}

describe("streamEvents()", () => {
  it("drops a reader for whom more than 1 MiB waits, and ends what it took part in", () => {
    const readers = new Set<Reader>();
    const feed = {
      join(reader: Reader) {
        readers.add(reader);
        return () => readers.delete(reader);
      },
    };
    const response = new SlowResponse();
    let ends = 0;
    const wanted = { key: undefined, target: 0 };
    streamEvents(feed as unknown as LiveFeed, wanted, response as unknown as ServerResponse, () => ends++);
    const frame = "x".repeat(100_000);
    let sent = 0;
    while (readers.size > 0 && sent < 100) {
      for (const reader of readers) reader.send("frame", frame);
      sent++;
    }
    expect(sent).toBeLessThan(15);
    expect(response.isDestroyed).toBe(true);
    expect(response.writableLength).toBeLessThan(1_300_000);
    expect(ends).toBe(1);
  });
});
