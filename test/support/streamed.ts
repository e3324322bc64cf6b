import { connectClient, embeddedBroker } from "../../src/mqtt/index.js";
import { Eddy, listenFilters, makeStages, silentLog } from "../../src/runtime/index.js";
import type { Pipeline } from "../../src/spec/index.js";
import { openStoreForReading } from "../../src/store/index.js";
import { resume, takeSnapshot } from "../../src/stream/index.js";
import { inPlaceTrainer } from "./in-place-trainer.js";
import { until } from "./until.js";

export interface StreamedRow {
  readonly topic: string;
  readonly [field: string]: unknown;
}

export interface Streamed {
  /** Payloads of predictions, in order. */
  readonly predictions: readonly Readonly<Record<string, unknown>>[];
  /** Every slot's bytes by its name and key, as a start has them: by the newest snapshot, and by the journal alone. */
  readonly resumed: ReadonlyMap<string, string>;
  readonly stepped: ReadonlyMap<string, string>;
}

/**
 * Sends rows over an embedded broker to an Eddy that is stopped and started again before row `cut`, and hears what it
 * publishes.
 */
export async function streamed(
  pipeline: Pipeline,
  rows: readonly StreamedRow[],
  cut: number,
  data: string,
  predictions: number,
): Promise<Streamed> {
  /** By id: what was published and not yet known to be is published again. */
  const heard = new Map<string, Record<string, unknown>>();
  const send = async (from: number, to: number) => {
    const broker = await embeddedBroker();
    const client = await connectClient({ url: broker.url });
    await client.subscribe(`eddy/${pipeline.name}/+/prediction`, (_, payload) => {
      const prediction = JSON.parse(Buffer.from(payload).toString());
      heard.set(prediction.id, prediction);
    });
    const eddy = await Eddy.start({
      pipelines: [pipeline],
      data,
      log: silentLog,
      connect: () => broker.connection({ filters: listenFilters(pipeline) }),
    });
    for (const { topic, ...row } of rows.slice(from, to)) {
      await client.publish(topic, JSON.stringify(row), { qos: 1 });
    }
    await until(() => (eddy.live[0]?.counters.events ?? 0) >= to - from, `${to - from} events are committed`);
    const wanted = to === rows.length ? predictions : 0;
    await until(
      () => heard.size >= wanted,
      () => `${heard.size} predictions`,
    );
    await eddy.stop();
    await client.close();
    await broker.close();
  };
  await send(0, cut);
  await send(cut, rows.length);
  const store = openStoreForReading(data);
  const state = async (from: "newest" | "oldest") => {
    const stages = await makeStages(pipeline, { trainer: inPlaceTrainer(), fineTunes: false }, () => {});
    const { to } = await resume({ stages, store: store.pipeline(pipeline.name) }, { from });
    const { entries } = takeSnapshot(stages, to);
    return new Map(
      entries.map(({ slot, key, bytes }) => [`${slot} of ${key}`, Buffer.from(bytes).toString("hex")]),
    );
  };
  try {
    const [resumed, stepped] = [await state("newest"), await state("oldest")];
    return { predictions: [...heard.values()], resumed, stepped };
  } finally {
    await store.close();
  }
}
