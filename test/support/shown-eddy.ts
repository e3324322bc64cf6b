import { type Client, connectClient, embeddedBroker } from "../../src/mqtt/index.js";
import { Eddy, silentLog } from "../../src/runtime/index.js";
import { type Control, Dashboard, type DashboardOptions } from "../../src/server/index.js";
import { parsePipeline } from "../../src/spec/index.js";
import { until } from "./until.js";

const PIPELINE = `
name: plant
input: { topics: ["plant/+/level"], key: "{topic[1]}", time: ts }
features: [value]
target: value
model: { hidden: 4, members: 1, cold-start: { events: 200, lead: 20 } }
anomaly: { warm-up: 60, alerts-per-day: 5000, hold: 5 }
store: { durability: none }
`;

/** An Eddy with a dashboard, both in this process, and a sensor to feed it. */
export interface ShownEddy {
  readonly eddy: Eddy;
  readonly dashboard: Dashboard;
  readonly url: string;
  /** What was asked through the page, and how it was answered. */
  readonly asked: { readonly command: string; readonly body: unknown; readonly isOk: boolean }[];
  /** Sends one value per key, ten times a second by its time stamps; waits until all is committed. */
  send(keys: readonly string[], value: (round: number) => number, rounds: number): Promise<void>;
  publish(topic: string, payload: string): Promise<void>;
  stop(): Promise<void>;
}

/** @param begins event time of the first value, ms */
export async function startShownEddy(
  data: string,
  options: Partial<DashboardOptions> = {},
  begins = Date.now() - 3_600_000,
): Promise<ShownEddy> {
  const { pipeline } = parsePipeline(PIPELINE, { environment: {} });
  if (pipeline === undefined) throw new Error("the test's pipeline has errors");
  const broker = await embeddedBroker();
  const eddy = await Eddy.start({
    pipelines: [pipeline],
    data,
    log: silentLog,
    connect: () => broker.connection({ filters: pipeline.input.topics }),
  });
  const [live] = eddy.live;
  if (live === undefined) throw new Error("no pipeline runs");
  const dashboard = await Dashboard.open({
    address: { host: "127.0.0.1", port: 0 },
    version: "0.0.0",
    ...options,
  });
  const asked: { command: string; body: unknown; isOk: boolean }[] = [];
  const control: Control = {
    commands: live.control.commands,
    request: async (name, command, body) => {
      const answer = await eddy.request({ pipeline: name, command, body });
      asked.push({ command, body, isOk: answer.ok });
      return answer.ok ? { ok: true } : { ok: false, error: answer.error };
    },
  };
  dashboard.show(
    { pipelines: eddy.live, directory: eddy.directory, storeBytes: () => eddy.storeBytes() },
    control,
  );
  const sensor: Client = await connectClient({ url: broker.url });
  let round = 0;
  const publish = (topic: string, payload: string) => sensor.publish(topic, payload, { qos: 1 });
  return {
    eddy,
    dashboard,
    url: dashboard.url,
    asked,
    publish,
    async send(keys, value, rounds) {
      const wanted = live.counters.events + keys.length * rounds;
      for (let i = 0; i < rounds; i++, round++) {
        const payload = JSON.stringify({ ts: begins + 100 * round, value: value(round) });
        await Promise.all(keys.map((key) => publish(`plant/${key}/level`, payload)));
      }
      await until(() => live.counters.events >= wanted, `${wanted} events are committed`);
    },
    async stop() {
      await sensor.close();
      await dashboard.close();
      await eddy.stop();
      await broker.close();
    },
  };
}
