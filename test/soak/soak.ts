import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { Rng } from "../../src/core/index.js";
import { openStoreForReading, type PipelineReader } from "../../src/store/index.js";
import { startMosquitto } from "../support/mosquitto.js";
import { EddyProcess } from "../torture/eddy-process.js";

export interface SoakOptions {
  readonly minutes: number;
  readonly eventsPerSecond: number;
  readonly liveKeys: number;
  /** Over an hour; keys are replaced one by one. */
  readonly keysPerHour: number;
  /** Size that retention keeps the database under; default 256MiB. A short run wants less, to see it level off. */
  readonly retention?: string;
  readonly say?: (line: string) => void;
}

interface Sample {
  readonly seconds: number;
  readonly sent: number;
  readonly stored: number;
  readonly keys: number;
  readonly rssMB: number;
  readonly storeMB: number;
}

export interface SoakReport {
  readonly sent: number;
  readonly stored: number;
  readonly keys: number;
  /** Of the second half of the run: growth of the resident set, MB a minute, by least squares. */
  readonly rssSlopeMBPerMinute: number;
  readonly peakRssMB: number;
  readonly peakStoreMB: number;
  readonly samples: readonly Sample[];
}

const pipelineText = (retention: string) => `
name: soak
input: { topics: ["soak/+/v"], key: "{topic[1]}", id: n }
sequence: { expire: 60s }
target: value
model: { hidden: 16, cold-start: { events: 1000, lead: 1000 } }
anomaly: { warm-up: 40, keys: 10000 }
store: { retention: { size: ${retention} } }
`;

const EVERY_MS = 10_000;
const TICK_MS = 20;

/** A steady stream of keys that come and go, and what it does to memory and disk. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { minutes, eventsPerSecond, liveKeys, keysPerHour, retention = "256MiB", say = () => {} } = options;
  const folder = mkdtempSync(join(tmpdir(), "eddy-soak-"));
  const data = join(folder, "data");
  writeFileSync(join(folder, "soak.yaml"), pipelineText(retention));
  const broker = await startMosquitto({ maxInflight: 2000, lines: ["max_queued_messages 0"] });
  const eddy = new EddyProcess(
    ["run", join(folder, "soak.yaml"), "--broker", broker.url, "--data", data],
    join(folder, "clock"),
  );
  const sensor = await connectAsync(broker.url);
  const rng = new Rng(1);
  const samples: Sample[] = [];
  try {
    await eddy.says(/online/);
    const begin = performance.now();
    const seconds = () => (performance.now() - begin) / 1000;
    let sent = 0;
    const sending = setInterval(() => {
      const due = Math.min(seconds(), minutes * 60) * eventsPerSecond;
      for (; sent < due; sent++) {
        const oldest = Math.floor((sent / eventsPerSecond) * (keysPerHour / 3600));
        const key = oldest + rng.integer(liveKeys);
        sensor.publish(`soak/k${key}/v`, JSON.stringify({ n: sent, value: 20 + rng.normal() }), { qos: 1 });
      }
    }, TICK_MS);
    for (let at = EVERY_MS / 1000; at <= minutes * 60; at += EVERY_MS / 1000) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - seconds()) * 1000));
      const sample = { seconds: Math.round(seconds()), sent, ...look(data, eddy.pid) };
      samples.push(sample);
      say(JSON.stringify(sample));
      if (eddy.hasEnded) throw new Error(`Eddy ended: ${eddy.log}`);
    }
    clearInterval(sending);
    await drained(data, sent);
    const last = look(data, eddy.pid);
    await eddy.stop();
    return {
      sent,
      stored: last.stored,
      keys: last.keys,
      rssSlopeMBPerMinute: slope(samples.slice(samples.length >> 1)),
      peakRssMB: Math.max(...samples.map(({ rssMB }) => rssMB)),
      peakStoreMB: Math.max(...samples.map(({ storeMB }) => storeMB)),
      samples,
    };
  } finally {
    await eddy.kill();
    sensor.end(true);
    await broker.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

function look(data: string, pid: number): Omit<Sample, "seconds" | "sent"> {
  const store = openStoreForReading(data);
  try {
    const reader = store.pipeline("soak");
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    const bytes = ["eddy.sqlite", "eddy.sqlite-wal"].reduce(
      (sum, name) => sum + (statSync(join(data, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
    return {
      stored: storedOf(reader),
      keys: reader.keys().length,
      rssMB: Math.round((pages * 4096) / 1e6),
      storeMB: Math.round(bytes / 1e6),
    };
  } finally {
    store.close();
  }
}

/** Without those that the sensor has sent again because an answer was late. */
function storedOf(reader: PipelineReader): number {
  const { events, noted } = reader.counts();
  return events - noted;
}

/** Waits until all is stored, as long as anything still is. */
async function drained(data: string, sent: number): Promise<void> {
  for (let before = -1; ; ) {
    const store = openStoreForReading(data);
    const events = storedOf(store.pipeline("soak"));
    store.close();
    if (events >= sent || events === before) return;
    before = events;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  }
}

function slope(samples: readonly Sample[]): number {
  const mean = (pick: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + pick(sample), 0) / Math.max(1, samples.length);
  const [at, rss] = [mean(({ seconds }) => seconds), mean(({ rssMB }) => rssMB)];
  const above = samples.reduce((sum, { seconds, rssMB }) => sum + (seconds - at) * (rssMB - rss), 0);
  const below = samples.reduce((sum, { seconds }) => sum + (seconds - at) ** 2, 0);
  return Number(((60 * above) / Math.max(1, below)).toFixed(2));
}
