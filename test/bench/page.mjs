// What the dashboard's page costs a browser: first contentful paint, and main-thread time under a full stream.
// After `npm run build`: node test/bench/page.mjs [keys] [updates a second of each] [seconds]
// Figures are those of this machine at this moment, with Eddy, the sensors and Chromium on the same cores.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { connectClient, embeddedBroker } from "../../dist/mqtt/index.js";
import { Eddy, silentLog } from "../../dist/runtime/index.js";
import { Dashboard } from "../../dist/server/index.js";
import { parsePipeline } from "../../dist/spec/index.js";

const [keys = 500, hz = 10, seconds = 15] = process.argv.slice(2).map(Number);
const say = (line) => process.stdout.write(`${line}\n`);
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const { pipeline } = parsePipeline(
  'name: bench\ninput: { topics: ["plant/+/v"], key: "{topic[1]}", time: ts }\nfeatures: [value]\n' +
    "model: { hidden: 16 }\nstore: { durability: none }",
  { environment: {} },
);
const data = mkdtempSync(join(tmpdir(), "eddy-page-"));
const broker = await embeddedBroker();
const eddy = await Eddy.start({
  pipelines: [pipeline],
  data,
  log: silentLog,
  connect: () => broker.connection({ filters: pipeline.input.topics }),
});
const dashboard = await Dashboard.open({ address: { host: "127.0.0.1", port: 0 }, version: "0" });
// Stored events to begin with, through the whole of Eddy.
const sensor = await connectClient({ url: broker.url });
const begun = Date.now() - 30_000;
for (let round = 0; round < 40; round++) {
  const sent = Array.from({ length: keys }, (_, key) =>
    sensor.publish(
      `plant/k${key}/v`,
      JSON.stringify({ ts: begun + 100 * round, value: waveOf(key, round) }),
      { qos: 1 },
    ),
  );
  await Promise.all(sent);
}
const [live] = eddy.live;
while (live.counters.events < 40 * keys) await new Promise((resolve) => setTimeout(resolve, 50));

// From there on the stream is made here, as Eddy's commits would tell it: this measures the page, not how many
// events a second Eddy carries beside Chromium on the same cores.
const watchers = new Set();
let position = 40 * keys;
let seq = 40;
let told = 0;
const { name, counters, model, status } = live;
const shown = { name, pipeline, counters, model, status, isReady: true, lagMs: 0 };
Object.assign(shown, { waiting: 0, backlog: 0, unsettled: 0, hiddenState: (key) => live.hiddenState(key) });
Object.assign(shown, { mutedUntil: (key) => live.mutedUntil(key), mutedKeys: () => live.mutedKeys() });
shown.watch = (watcher) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};
dashboard.show(
  { pipelines: [shown], directory: data, storeBytes: () => 0 },
  { commands: live.control.commands, request: async () => ({ ok: true }) },
);
let due = performance.now();
const feeding = setInterval(() => {
  for (; due < performance.now(); due += 1000 / hz) {
    const time = Date.now();
    seq++;
    const events = Array.from({ length: keys }, (_, key) => eventOf(key, seq, time));
    told += events.length;
    for (const { onCommitted } of watchers) onCommitted?.({ events });
  }
}, 20);

function waveOf(key, round) {
  return Number((Math.sin(round / 20 + key) + 0.05 * Math.random()).toFixed(4));
}

function eventOf(key, seq, time) {
  const value = waveOf(key, seq);
  const target = { value, forecast: value - 0.02, lower: value - 0.1, upper: value + 0.1, residual: 0.02 };
  const prediction = { targets: [target], next: [], score: Math.random() / 3, alert: false, model: "gru-1" };
  return {
    sample: { key: `k${key}`, time, arrival: time, values: {} },
    seq,
    position: ++position,
    prediction,
  };
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const paints = [];
  for (let i = 0; i < 5; i++) {
    const page = await browser.newPage();
    await page.goto(`${dashboard.url}/`);
    await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
    paints.push(
      await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime),
    );
    await page.close();
  }
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.addInitScript(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longTasks.push(duration);
    }).observe({ type: "longtask" });
  });
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.goto(`${dashboard.url}/#/bench/keys/k0`);
  await page.waitForTimeout(4000);
  const read = async () =>
    Object.fromEntries(
      (await session.send("Performance.getMetrics")).metrics.map(({ name, value }) => [name, value]),
    );
  const before = await read();
  const toldBefore = told;
  const start = performance.now();
  await page.evaluate(() => {
    window.longTasks.length = 0;
    window.frames_ = 0;
    const tick = () => {
      window.frames_++;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await page.waitForTimeout(seconds * 1000);
  const after = await read();
  const elapsed = (performance.now() - start) / 1000;
  const [longTasks, frames] = await page.evaluate(() => [window.longTasks, window.frames_]);
  const share = (name) => `${((100 * (after[name] - before[name])) / elapsed).toFixed(1)} %`;
  say(`first contentful paint, five openings: ${paints.map((ms) => Math.round(ms)).join(", ")} ms`);
  say(`${keys} keys at ${hz} Hz: ${Math.round((told - toldBefore) / elapsed)} events/s told`);
  say(
    `main thread busy ${share("TaskDuration")} (script ${share("ScriptDuration")}, layout ${share("LayoutDuration")})`,
  );
  say(
    `${longTasks.length} tasks over 50 ms in ${Math.round(elapsed)} s, the longest ${Math.round(Math.max(0, ...longTasks))} ms; ` +
      `${(frames / elapsed).toFixed(0)} frames/s; heap ${(after.JSHeapUsedSize / 1e6).toFixed(1)} MB`,
  );
  const picture = process.env.SCREENSHOT;
  if (picture) writeFileSync(picture, await page.screenshot());
} finally {
  clearInterval(feeding);
  await browser.close();
  await sensor.close();
  await dashboard.close();
  await eddy.stop();
  await broker.close();
  rmSync(data, { recursive: true, force: true });
}
