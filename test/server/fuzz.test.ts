import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ShownEddy, startShownEddy } from "../support/shown-eddy.js";
import { temporaryFolder } from "../support/temporary.js";

const ROUTES = ["history", "keys", "alerts", "learning", "dead-letters", "checkpoints", "live", "nothing"];

describe("Dashboard, fuzzed", () => {
  const folder = temporaryFolder();
  let shown: ShownEddy;
  beforeAll(async () => {
    shown = await startShownEddy(`${folder}/data`);
    await shown.send(["a", "b"], (round) => round % 7, 20);
  });
  afterAll(() => shown.stop());

  const piece = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constantFrom("..", "%00", "%", "__proto__", "plant", "a", "-1", "1e999", "NaN", "9007199254740993"),
  );
  const path = fc
    .tuple(
      fc.constantFrom("/api/pipelines", "/api/request/plant", "/assets", ""),
      fc.array(piece, { maxLength: 4 }),
    )
    .map(([root, parts]) => [root, ...parts.map(encode)].join("/"));
  const query = fc
    .array(fc.tuple(fc.constantFrom("key", "before", "limit", "target", "__proto__"), piece), {
      maxLength: 4,
    })
    .map((pairs) => pairs.map(([name, value]) => `${name}=${encode(value)}`).join("&"));
  const asked = fc.oneof(
    path,
    fc.constantFrom(...ROUTES).map((route) => `/api/pipelines/plant/${route}`),
  );

  it("answers any request below 500, and goes on", async () => {
    const request = fc.record({
      path: asked,
      query,
      method: fc.constantFrom("GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE"),
      type: fc.constantFrom("application/json", "text/plain", "multipart/form-data", ""),
      body: fc.oneof(fc.string({ maxLength: 200 }), fc.json({ maxDepth: 4 })),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ path, query, method, type, body }) => {
        const hasBody = method !== "GET" && method !== "HEAD";
        const ending = new AbortController();
        const response = await fetch(`${shown.url}${path}?${query}`, {
          method,
          headers: type === "" ? {} : { "content-type": type },
          ...(hasBody ? { body } : {}),
          signal: ending.signal,
        });
        expect(response.status).toBeLessThan(500);
        // A stream of events would have no end.
        ending.abort();
      }),
      { seed: 8, numRuns: 400 },
    );
    expect((await fetch(`${shown.url}/healthz`)).status).toBe(200);
  });

  it("does not fall over what is no HTTP at all", async () => {
    const port = Number(new URL(shown.url).port);
    const garbage = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom("GET", "GET / HTTP/9.9\r\n\r\n", `GET /${"a".repeat(20_000)} HTTP/1.1\r\n\r\n`),
      fc.constant(
        `POST /api/request/plant/reset HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99999999\r\n\r\n{`,
      ),
      fc.constant("GET / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
    );
    await fc.assert(
      fc.asyncProperty(garbage, async (bytes) => {
        await new Promise<void>((resolve) => {
          const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
          socket.on("error", () => resolve());
          socket.on("close", () => resolve());
          socket.resume();
        });
      }),
      { seed: 9, numRuns: 60 },
    );
    expect((await fetch(`${shown.url}/healthz`)).status).toBe(200);
  });
});

/** What stands for a broken escape stays one. */
function encode(text: string): string {
  return text.startsWith("%") ? text : encodeURIComponent(text);
}
