import { filter } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Network } from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import {
  commit,
  decode,
  detect,
  features,
  mqttSource,
  openStore,
  publish,
  sequence,
  stepCells,
  via,
} from "../../src/index.js";
import { type Client, connectClient, type EmbeddedBroker, embeddedBroker } from "../../src/mqtt/index.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

interface Seen {
  readonly id: string;
  readonly key: string;
  readonly seq: number;
  readonly value: number;
  readonly forecast: number | null;
}

describe("the operators, composed by a programmer", () => {
  const folder = temporaryFolder();
  let broker: EmbeddedBroker;
  let client: Client;
  let seen: Seen[] = [];
  /** The data directory that is running, and the predictions that were seen of each. */
  let box = "";
  const known = new Set<string>();

  beforeAll(async () => {
    broker = await embeddedBroker({ port: 0 });
    client = await connectClient({ url: broker.url });
    await client.subscribe("lab/pipeline/+/prediction", (_topic, payload) => {
      const prediction: Seen = JSON.parse(new TextDecoder().decode(payload));
      // Out is at least once: what a stopped run had not seen answered comes again, under the same id.
      const id = `${box} ${prediction.id}`;
      if (known.has(id)) return;
      known.add(id);
      seen.push(prediction);
    });
  });
  afterAll(async () => {
    await client.close();
    await broker.close();
  });

  const model = new Network({ cell: "gru", inputs: 4, hidden: 6, layers: 1, outputs: 1 }, "mine");
  model.initialize(new Rng(2));

  /** Runs the pipeline while `values` are published, until all have been predicted. */
  async function run(data: string, values: readonly number[], from: number): Promise<Seen[]> {
    seen = [];
    box = data;
    const store = openStore(`${folder}/${data}`);
    const failures: unknown[] = [];
    let isConnected = false;
    const subscription = mqttSource({ url: broker.url, topics: ["plant/+/vibration"], log: () => {} })
      .pipe(
        decode({ codec: "json", key: "{topic[1]}", time: "ts" }),
        via(filter((batch) => batch.events.some((event) => event.sample.key !== "ignored"))),
        sequence({ gap: "10m" }),
        features(["rms", { difference: "rms" }, { calendar: "hour-of-day" }]),
        stepCells(model),
        detect({ alertsPerDay: 1, warmUp: 5 }),
        commit(store),
        publish({ base: "lab" }),
      )
      .subscribe({
        next: () => {
          isConnected = true;
        },
        error: (error) => failures.push(error),
      });
    // The session begins when it subscribes: sent again until the first one is through.
    const time = (i: number) => new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString();
    while (!isConnected) {
      await client.publish("plant/ignored/vibration", JSON.stringify({ ts: time(0), rms: 0 }));
      await client.publish("plant/probe/vibration", JSON.stringify({ ts: time(0), rms: 0 }));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const [i, rms] of values.entries()) {
      await client.publish("plant/p1/vibration", JSON.stringify({ ts: time(from + i), rms }));
    }
    const own = () => seen.filter(({ key }) => key === "p1");
    await until(() => own().length === values.length || failures.length > 0, "all are predicted");
    subscription.unsubscribe();
    await store.close();
    expect(failures).toEqual([]);
    return own();
  }

  it("predict per key, and go on where they stopped", async () => {
    const values = Array.from({ length: 30 }, (_, i) => 2 + (i % 7) / 10);
    const whole = await run("whole", values, 1);
    expect(whole.map(({ seq }) => seq)).toEqual(values.map((_, i) => i + 1));
    expect(whole.map(({ value }) => value)).toEqual(values);
    expect(whole.slice(1).every(({ forecast }) => forecast !== null)).toBe(true);

    const first = await run("parts", values.slice(0, 12), 1);
    const second = await run("parts", values.slice(12), 13);
    expect([...first, ...second].map(({ seq, forecast }) => [seq, forecast])).toEqual(
      whole.map(({ seq, forecast }) => [seq, forecast]),
    );
  });

  it("say what is missing where no commit stands below", () => {
    const errors: unknown[] = [];
    mqttSource({ url: broker.url, topics: ["a"] })
      .pipe(decode())
      .subscribe({ error: (error) => errors.push(error) });
    expect(errors).toEqual([expect.objectContaining({ code: "NO_COMMIT" })]);
  });
});
