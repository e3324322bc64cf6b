import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Dashboard } from "../../src/server/index.js";
import type { History, KeyBoard, LineageNode, LiveFrame, PipelineInfo } from "../../src/server/wire.js";
import { type ShownEddy, startShownEddy } from "../support/shown-eddy.js";
import { temporaryFolder } from "../support/temporary.js";

const KEYS = ["a", "b", "c d/é"];
const encoded = KEYS.map((key) => encodeURIComponent(key));

describe("Dashboard", () => {
  const folder = temporaryFolder();
  let shown: ShownEddy;
  const get = (path: string, init?: RequestInit) => fetch(`${shown.url}${path}`, init);
  const json = async <T>(path: string): Promise<T> => (await get(path)).json() as Promise<T>;

  beforeAll(async () => {
    shown = await startShownEddy(`${folder}/data`);
    await shown.send(["a", "b"], (round) => Math.round(100 * Math.sin(round / 8)) / 100, 300);
    await shown.publish("plant/a/level", "no json");
    await shown.publish("plant/a/level", '{"ts": 1, "value": "much"}');
    await shown.send(["a"], () => 40, 3);
  });
  afterAll(() => shown.stop());

  it("answers everything with a strict content security policy, and nothing to other hosts' names", async () => {
    for (const path of ["/", "/healthz", "/metrics", "/api/pipelines", "/nowhere"]) {
      const { headers } = await get(path);
      expect(headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
    const { status } = await rawGet(shown.url, "/api/pipelines", "evil.example");
    expect(status).toBe(421);
  });

  it("says whether it is alive and ready, also before there is anything to show", async () => {
    expect((await get("/healthz")).status).toBe(200);
    expect(await json("/readyz")).toEqual({ status: "ready", waiting: [] });
    const early = await Dashboard.open({ address: { host: "127.0.0.1", port: 0 }, version: "0" });
    expect((await fetch(`${early.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${early.url}/readyz`)).status).toBe(503);
    early.failed("the disk is gone");
    expect((await fetch(`${early.url}/healthz`)).status).toBe(503);
    await early.close();
  });

  it("GET /metrics counts in base units, by pipeline, and never by key", async () => {
    const text = await (await get("/metrics")).text();
    expect(text).toMatch(/^eddy_events_total\{pipeline="plant"\} 603$/m);
    expect(text).toMatch(/^eddy_dead_letters_total\{pipeline="plant"\} 2$/m);
    expect(text).toMatch(/^eddy_event_latency_seconds_count\{pipeline="plant"\} 603$/m);
    expect(text).toMatch(/^eddy_ready\{pipeline="plant"\} 1$/m);
    for (const line of text.split("\n").filter((one) => one !== "" && !one.startsWith("#"))) {
      expect(line).toMatch(/^(eddy|process)_[a-z0-9_]+(\{[^}]*\})? [-+0-9.e]+$/);
      const labels = [...line.matchAll(/([a-z]+)="/g)].map(([, label]) => label);
      const allowed = ["pipeline", "reason", "kind", "model", "le", "version"];
      expect(labels.filter((label) => !allowed.includes(label!))).toEqual([]);
    }
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
    for (const [, name, type] of types) expect(name!.endsWith("_total")).toBe(type === "counter");
  });

  it("GET /api/pipelines and its keys show what runs, with sparklines and open alerts", async () => {
    const [info] = await json<PipelineInfo[]>("/api/pipelines");
    expect(info).toMatchObject({ name: "plant", targets: ["value"], warmUp: 60, isReady: true });
    expect(info?.commands).toContain("label");
    const board = await json<KeyBoard>("/api/pipelines/plant/keys");
    expect(board.keys.map(({ key }) => key)).toEqual(["a", "b"]);
    expect(board.keys[0]).toMatchObject({ seq: 303, value: 40, isAlert: true, intervalMs: 100 });
    expect(board.keys[1]!.spark).toHaveLength(32);
    expect(board.alerts.map(({ key, state }) => [key, state])).toEqual([
      ["a", expect.stringMatching(/raised|updated/)],
    ]);
  });

  it("GET history goes back page by page without a gap or a repeat", async () => {
    const pages: History[] = [];
    let before: number | undefined;
    do {
      const from = before === undefined ? "" : `&before=${before}`;
      const page = await json<History>(`/api/pipelines/plant/history?key=a&limit=100${from}`);
      pages.unshift(page);
      before = page.points[0]?.[0];
    } while (!pages[0]!.isComplete);
    const values = pages.flatMap(({ points }) => points.map((point) => point[2]));
    expect(pages.map(({ points }) => points.length)).toEqual([3, 100, 100, 100]);
    expect(values.slice(-3)).toEqual([40, 40, 40]);
    expect(values[8]).toBeCloseTo(Math.sin(1), 2);
    const foreign = pages[3]!.points[0]![0] + 1;
    expect(await json<History>(`/api/pipelines/plant/history?key=a&before=${foreign}`)).toMatchObject({
      points: [],
    });
  });

  it("GET dead-letters and checkpoints say what came of things", async () => {
    const letters = await json<{ reason: string; payload: string }[]>("/api/pipelines/plant/dead-letters");
    expect(letters.map(({ payload }) => payload)).toEqual(['{"ts": 1, "value": "much"}', "no json"]);
    const nodes = await json<LineageNode[]>("/api/pipelines/plant/checkpoints");
    expect(nodes.length).toBeGreaterThan(0);
    expect(nodes[0]).toMatchObject({
      kind: expect.stringMatching(/first|rejected/),
      why: expect.any(String),
    });
  });

  it.each([
    ["/api/pipelines/other/keys", 404],
    ["/api/pipelines/plant/history", 400],
    ["/api/pipelines/plant/history?key=a&limit=1000000", 400],
    ["/api/pipelines/plant/history?key=a&before=-1", 400],
    ["/api/pipelines/plant/dead-letters?limit=x", 400],
    [`/api/pipelines/plant/history?key=${encoded[2]}`, 200],
  ])("GET %s answers %i", async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });

  it("GET live streams coalesced frames of all keys, and every point of the one looked at", async () => {
    const ending = new AbortController();
    const response = await get("/api/pipelines/plant/live?key=b", { signal: ending.signal });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const events = readEvents(response);
    const first = await events.next();
    expect(first.value).toMatchObject({ event: "machine", data: { events: 603 } });
    expect(shown.dashboard.pages).toBe(1);
    const sending = shown.send(KEYS.slice(0, 2), () => 1, 40);
    const points: number[] = [];
    let frames = 0;
    while (points.length < 40) {
      const { value } = await events.next();
      if (value?.event !== "frame") continue;
      const frame = value.data as LiveFrame;
      frames++;
      points.push(...(frame.points ?? []).map(([position]) => position));
      expect(frame.keys.length).toBeLessThanOrEqual(2);
      expect(frame.hidden?.units.length ?? 4).toBe(4);
    }
    await sending;
    expect(frames).toBeLessThan(40);
    expect(points).toEqual([...points].sort((a, b) => a - b));
    ending.abort();
  });

  it("POST request passes on what its own page asks, and nothing that another may have sent", async () => {
    const post = (path: string, headers: Record<string, string>, body = '{"key":"b"}') =>
      get(`/api/request/plant/${path}`, { method: "POST", headers, body });
    const type = { "content-type": "application/json" };
    const before = shown.asked.length;
    expect((await post("reset", { "content-type": "text/plain" })).status).toBe(415);
    expect((await post("reset", { ...type, origin: "http://evil.example" })).status).toBe(403);
    expect((await post("reset", { ...type, "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await post("explode", type)).status).toBe(404);
    expect((await post("reset", type, "x".repeat(20_000))).status).toBe(413);
    expect((await post("reset", type, "{")).status).toBe(400);
    expect(shown.asked).toHaveLength(before);
    const refused = await post("label", type, '{"key":"b"}');
    expect(refused.status).toBe(200);
    expect(await refused.json()).toMatchObject({ ok: false, error: { code: "BAD_REQUEST" } });
    const done = await post("reset", { ...type, origin: shown.url });
    expect(await done.json()).toEqual({ ok: true });
    expect(shown.asked.at(-1)).toEqual({ command: "reset", body: { key: "b" }, isOk: true });
  });

  it("open() refuses an address that others reach without a password, and one that is taken", async () => {
    const open = (host: string, port: number) => Dashboard.open({ address: { host, port }, version: "0" });
    await expect(open("0.0.0.0", 0)).rejects.toMatchObject({ code: "PASSWORD_NEEDED" });
    const port = Number(new URL(shown.url).port);
    await expect(open("127.0.0.1", port)).rejects.toMatchObject({ code: "ADDRESS_IN_USE" });
  });

  it("asks for the password on every route but the probes", async () => {
    const guarded = await Dashboard.open({
      address: { host: "0.0.0.0", port: 0 },
      password: "sesame",
      version: "0",
    });
    const url = guarded.url.replace("0.0.0.0", "127.0.0.1");
    const authorization = `Basic ${Buffer.from("eddy:sesame").toString("base64")}`;
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    for (const path of ["/", "/metrics", "/api/pipelines", "/nowhere", "/healthz?x", "/%68ealthz"]) {
      const response = await fetch(url + path);
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toContain("Basic");
    }
    expect((await fetch(`${url}/api/pipelines`, { headers: { authorization } })).status).toBe(200);
    await guarded.close();
  });
});

interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

async function* readEvents(response: Response): AsyncGenerator<ServerEvent> {
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const found = /^event: (\w+)\ndata: (.*)$/.exec(block);
      if (found) yield { event: found[1]!, data: JSON.parse(found[2]!) };
    }
  }
}

/** With a `Host` of one's own, which fetch does not allow. */
async function rawGet(url: string, path: string, host: string): Promise<{ status: number }> {
  const { request } = await import("node:http");
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const asked = request({ hostname, port, path, headers: { host } }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0 });
    });
    asked.on("error", reject);
    asked.end();
  });
}
