import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Rng, sin } from "../../src/core/index.js";
import { connectClient } from "../../src/mqtt/index.js";
import { readLineage } from "../../src/runtime/checkpoints.js";
import { openStoreForReading } from "../../src/store/index.js";
import { Listener, type SeenPrediction } from "../support/listener.js";
import { startMosquitto } from "../support/mosquitto.js";
import { until } from "../support/until.js";
import { EddyProcess } from "./eddy-process.js";

const NAME = "rhythm";
/** Learns without a pause: whenever it is killed, something is under way. */
const PIPELINE = `
name: ${NAME}
input: { topics: [plant/machine], time: ts, key: machine }
features: [v, { difference: v }]
target: v
model: { hidden: 8, members: 1, cold-start: { events: 300, lead: 60 } }
anomaly: { warm-up: 100 }
learn: { every: 40 events, budget: 100% }
store: { snapshot-every: 500 events }
`;
/** The rhythm changes every so many events: there is something to learn, and to promote. */
const CHANGE = 700;
const BURST = 20;
const MOST_BURSTS = 60;
/** Events that may be on their way. */
const AHEAD = 100;

export interface LearningTortureReport {
  readonly rounds: number;
  readonly events: number;
  /** Kills before there was a network, within half a second after a change of network, and others. */
  readonly kills: Readonly<Record<"cold start" | "change of network" | "fine-tuning", number>>;
  readonly fineTunings: number;
  /** Networks that came into service, left it, or were rejected. */
  readonly decisions: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

const run = promisify(execFile);
const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/**
 * Kills Eddy (SIGKILL) at random moments while it learns. After each kill the store must hold a whole network in
 * service, or none; the next start goes on with it. At the end `eddy replay --data` has to repeat all that was published.
 */
export async function tortureLearning(options: {
  readonly seed: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly say?: (line: string) => void;
}): Promise<LearningTortureReport> {
  const { seed, rounds, seconds, say = () => {} } = options;
  const rng = new Rng(seed);
  const folder = mkdtempSync(join(tmpdir(), "eddy-torture-learning-"));
  const data = join(folder, "data");
  mkdirSync(data);
  writeFileSync(join(folder, "rhythm.yaml"), PIPELINE);
  const broker = await startMosquitto({ persistence: true, maxInflight: 1000 });
  const sensor = await connectClient({ url: broker.url });
  const listener = await Listener.of(broker.url, NAME);
  const wrong: string[] = [];
  const kills = { "cold start": 0, "change of network": 0, "fine-tuning": 0 };
  let phase = 0;
  let sent = 0;
  let changedAt = Number.NEGATIVE_INFINITY;
  let heard = 0;

  const start = async (): Promise<EddyProcess> => {
    const args = ["run", join(folder, "rhythm.yaml"), "--broker", broker.url, "--data", data];
    const started = new EddyProcess(args, join(folder, "clock"));
    await started.says(/online/);
    return started;
  };
  /** @returns whether anything was learned meanwhile */
  const send = async (count: number): Promise<boolean> => {
    const payloads = Array.from({ length: count }, () => {
      phase += 6.283185307179586 / (Math.floor(sent / CHANGE) % 2 === 0 ? 24 : 11);
      const ts = new Date(Date.UTC(2026, 0, 1) + 60_000 * sent++).toISOString();
      return JSON.stringify({ ts, v: sin(phase) + 0.05 * rng.normal() });
    });
    await Promise.all(payloads.map((payload) => sensor.publish("plant/machine", payload, { qos: 1 })));
    await until(() => listener.count >= sent - AHEAD, "the predictions keep up");
    // What changed the network is heard of as it happens.
    const news = listener.messages.slice(heard).filter(({ topic }) => topic.endsWith("/learning"));
    heard = listener.messages.length;
    if (news.some(({ text }) => /"kind":"(checkpoint|retired|rolled-back)"/.test(text))) {
      changedAt = performance.now();
    }
    return news.length > 0;
  };
  /** What a start would go on with: reading it checks that the bytes are whole. */
  const check = (round: number): boolean => {
    const store = openStoreForReading(data);
    try {
      return readLineage(store.pipeline(NAME)).service !== undefined;
    } catch (error) {
      wrong.push(`round ${round}: ${error}`);
      return false;
    } finally {
      store.close();
    }
  };

  const deadline = performance.now() + seconds * 1000;
  let round = 0;
  let eddy = await start();
  try {
    while (round < rounds && performance.now() < deadline) {
      round++;
      // Learning gets somewhere in every round, however slow this machine is.
      for (let bursts = 0; bursts < MOST_BURSTS && !(await send(BURST)); bursts++);
      for (let bursts = rng.integer(8); bursts > 0; bursts--) await send(BURST);
      const last = send(BURST).catch(() => false);
      await new Promise((resolve) => setTimeout(resolve, rng.integer(120)));
      const isChange = performance.now() - changedAt < 500;
      await eddy.kill();
      const isServed = check(round);
      kills[isChange ? "change of network" : isServed ? "fine-tuning" : "cold start"]++;
      eddy = await start();
      await last;
      if (round % 10 === 0)
        say(`${round} rounds, ${sent} events, ${JSON.stringify(kills)}, ${wrong.length} wrong`);
    }
    await listener.hasSeen(sent);
    if ((await eddy.stop()) !== 0) wrong.push(`eddy ended badly: ${eddy.log}`);
    wrong.push(...(await differencesToReplay(folder, data, listener.predictions)));
    return { rounds: round, events: sent, kills, ...learned(data), wrong };
  } finally {
    await eddy.kill();
    await Promise.all([sensor.close(), listener.close()]);
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The log, stepped again, has to say of every event what was published of it. */
async function differencesToReplay(
  folder: string,
  data: string,
  published: readonly SeenPrediction[],
): Promise<string[]> {
  const output = join(folder, "again.ndjson");
  await run(process.execPath, [main, "replay", "--data", data, "--output", output]);
  const pick = ({ position, forecast, score }: SeenPrediction) =>
    JSON.stringify({ position, forecast, score });
  const rows = readFileSync(output, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as SeenPrediction);
  const expected = published.slice(-rows.length).map(pick);
  const found = rows.map(pick);
  const differing = found.filter((row, i) => row !== expected[i]);
  return differing.length === 0
    ? []
    : [
        `${differing.length} of ${rows.length} rows differ from what was published; the first: ${differing[0]}`,
      ];
}

function learned(data: string): Pick<LearningTortureReport, "fineTunings" | "decisions"> {
  const store = openStoreForReading(data);
  const { entries } = readLineage(store.pipeline(NAME));
  store.close();
  const decisions: Record<string, number> = {};
  for (const { kind } of entries) decisions[kind] = (decisions[kind] ?? 0) + 1;
  return { fineTunings: entries.reduce((sum, { tunings }) => sum + tunings.length, 0), decisions };
}
