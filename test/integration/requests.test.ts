import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync, type IPublishPacket, type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rng, sin } from "../../src/core/index.js";
import { eddy, RunningEddy } from "../support/cli.js";
import { Listener } from "../support/listener.js";
import { lacksMosquitto, type Mosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

const PIPELINE = `
name: asked
input: { topics: [plant/+], time: ts, key: "{topic[1]}" }
features: [v, { difference: v }]
model: { hidden: 8, members: 1, cold-start: { events: 400, lead: 0 } }
anomaly: { warm-up: 100 }
learn: { every: 1000000 events, budget: 100% }
control: { mqtt: [reset, label, mute, rollback] }
`;

describe.skipIf(lacksMosquitto)(`requests${mosquittoHint}`, () => {
  const folder = temporaryFolder();
  const pipeline = join(folder, "asked.yaml");
  const data = join(folder, "data");
  const rng = new Rng(5);
  const sent = { a: 0, b: 0 };
  let broker: Mosquitto;
  let client: MqttClient;
  let listener: Listener;
  let running: RunningEddy;
  const answers: { topic: string; body: unknown; correlation: string | undefined }[] = [];

  const start = async () => {
    running = new RunningEddy(["run", pipeline, "--broker", broker.url, "--data", data]);
    await running.says(/online/);
  };
  /** Publishes events of both keys, and waits for their predictions. */
  const send = async (count: number, value?: number) => {
    const before = sent.a + sent.b;
    for (let i = 0; i < count; i++) {
      for (const key of ["a", "b"] as const) {
        const t = sent[key]++;
        const v = value ?? sin((6.283185307179586 * t) / 24) + 0.02 * rng.normal();
        const ts = new Date(Date.UTC(2026, 0, 1) + 60_000 * t).toISOString();
        await client.publishAsync(`plant/${key}`, JSON.stringify({ ts, v }), { qos: 1 });
      }
    }
    await listener.hasSeen(before + 2 * count);
  };
  const ask = async (command: string, body: object, correlation: string) => {
    const count = answers.length;
    await client.publishAsync(`eddy/asked/request/${command}`, JSON.stringify(body), {
      qos: 1,
      properties: { responseTopic: "answers", correlationData: Buffer.from(correlation) },
    });
    await until(
      () => answers.length > count,
      () => `${command} is answered`,
    );
    return answers.at(-1);
  };
  const cli = async (...args: string[]) => {
    const { code, stdout, stderr } = await eddy(...args, "--data", data, "--json");
    return { code, stderr, answer: stdout === "" ? undefined : JSON.parse(stdout) };
  };

  beforeAll(async () => {
    broker = await startMosquitto();
    writeFileSync(pipeline, PIPELINE);
    listener = await Listener.of(broker.url, "asked");
    client = await connectAsync(broker.url, { protocolVersion: 5 });
    await client.subscribeAsync("answers", { qos: 1 });
    client.on("message", (topic, payload, packet: IPublishPacket) => {
      const correlation = packet.properties?.correlationData?.toString();
      answers.push({ topic, body: JSON.parse(payload.toString()), correlation });
    });
    await start();
  });
  afterAll(async () => {
    await running?.stop();
    await client?.endAsync();
    await listener?.close();
    await broker?.stop();
  });

  it("are done between two events, answered when on disk, done once, and repeated with the log", async () => {
    await send(260);
    await until(
      () => listener.bodies<{ kind: string }>("/learning").some(({ kind }) => kind === "checkpoint"),
      () => "the first network is in service",
    );

    expect((await cli("ask", "state")).answer).toMatchObject({ ok: true, count: 2 });
    expect((await cli("ask", "model")).answer).toMatchObject({ ok: true, model: "gru-1" });
    expect(await cli("checkpoint", "rollback")).toMatchObject({
      code: 1,
      answer: { ok: false, error: { code: "NOT_DONE" } },
    });
    expect(await cli("state", "reset", "nobody")).toMatchObject({
      code: 1,
      answer: { ok: false, error: { code: "NO_SUCH_KEY" } },
    });
    expect(await cli("checkpoint", "promote", "gru-7")).toMatchObject({
      code: 1,
      answer: { error: { code: "NO_SUCH_CHECKPOINT" } },
    });

    expect(await ask("reset", { key: "a", why: "new sensor" }, "r-1")).toMatchObject({
      body: { ok: true, command: "reset" },
      correlation: "r-1",
    });
    expect(await ask("reset", { key: "a", why: "new sensor" }, "r-1")).toMatchObject({
      body: { ok: true, repeated: true },
    });
    expect(await ask("reset", { kee: "a" }, "r-2")).toMatchObject({
      body: { ok: false, error: { code: "BAD_REQUEST" } },
    });

    expect((await cli("ask", "tune")).answer).toMatchObject({ ok: true });
    const isTuned = () =>
      listener
        .bodies<{ details?: { trigger?: string; tuning?: object } }>("/learning")
        .some(({ details }) => details?.trigger === "request" && details.tuning !== undefined);
    // What was learned takes effect, and is told of, before an event.
    for (let group = 0; group < 100 && !isTuned(); group++) await send(10);
    expect(isTuned()).toBe(true);
    // However soon that was: enough for what detection needs to know of the key that was reset.
    await send(100);

    const alerts = () => listener.bodies<{ key: string; state: string }>("/alert");
    // Stuck values raise alerts on both keys, but for the one that is muted.
    expect(await ask("mute", { key: "b", for: "10h" }, "m-1")).toMatchObject({ body: { ok: true } });
    const before = alerts().length;
    await send(90, 0.5);
    const raised = alerts().slice(before);
    expect(new Set(raised.filter(({ state }) => state === "raised").map(({ key }) => key))).toEqual(
      new Set(["a"]),
    );
    expect(await ask("label", { key: "a", label: "false-alarm" }, "l-1")).toMatchObject({
      body: { ok: true },
    });

    await running.kill();
    await start();
    await send(40);
    const published = listener.predictions;
    await running.stop();
    const output = join(folder, "replayed.csv");
    const replayed = await eddy("replay", "--data", data, "--output", output);
    expect(replayed.code).toBe(0);
    const [header = "", ...rows] = readFileSync(output, "utf8").trimEnd().split("\n");
    const columns = header.split(",");
    const at = (row: string, name: string) => row.split(",")[columns.indexOf(name)];
    expect(rows).toHaveLength(published.length);
    const text = (value: number | null) => (value === null ? "" : String(value));
    expect(rows.map((row) => [at(row, "position"), at(row, "forecast"), at(row, "score")])).toEqual(
      published.map(({ position, forecast, score }) => [String(position), text(forecast), text(score)]),
    );

    const report = join(folder, "report.html");
    const reported = await cli("report", "--output", report);
    expect(reported).toMatchObject({
      code: 0,
      answer: { events: published.length, alerts: expect.any(Number) },
    });
    const page = readFileSync(report, "utf8");
    expect(page).toContain("1 label<");
    expect(page).toMatch(/<strong>gru-\d<\/strong> is in service/);
    expect(page).toContain('class="value"');
  });
});
