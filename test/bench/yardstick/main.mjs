// Eddy's event path beside the least that could be written for it (bare.mjs), in turn, against Mosquitto: how much Eddy's
// promises cost on this machine. After `npm run build`, with Mosquitto installed:
//   node test/bench/yardstick/main.mjs [rounds] [seconds] [QoS of predictions] [port]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { benchEvents } from "../../../dist/cli/bench/events.js";

const [rounds = 5, seconds = 10, qosOut = 1, port = 18_883] = process.argv.slice(2).map(Number);
const say = (line) => process.stdout.write(`${line}\n`);
const PROGRAMS = {
  bare: { subject: fileURLToPath(new URL("bare.mjs", import.meta.url)), detects: false },
  "Eddy without detectors": { detects: false },
  Eddy: { detects: true },
};
const broker = `mqtt://127.0.0.1:${port}`;
const folder = mkdtempSync(join(tmpdir(), "eddy-yardstick-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const config = join(folder, "mosquitto.conf");
writeFileSync(
  config,
  `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 2000\n`,
);

async function measure(options) {
  const mosquitto = spawn("taskset", ["-c", "1", "mosquitto", "-c", config], { stdio: "ignore" });
  const ended = once(mosquitto, "exit").catch(() => {});
  const isGone = await Promise.race([ended.then(() => true), pause(500, false)]);
  if (isGone) {
    say(`Cannot measure: expected Mosquitto to run on core 1 (taskset) at port ${port}, found that it ended`);
    process.exit(2);
  }
  try {
    return await benchEvents({
      ...{ broker, seconds, keys: 100, hidden: 64, members: 1, durability: "power-loss", qosOut },
      ...{ learns: false, profiles: false, onPhase() {}, ...options },
    });
  } finally {
    mosquitto.kill();
    await ended;
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const results = Object.fromEntries(Object.keys(PROGRAMS).map((name) => [name, []]));
say(`${fileURLToPath(import.meta.url)}: ${rounds} rounds of ${seconds} s, predictions at QoS ${qosOut}`);
for (let round = 0; round < rounds; round++) {
  for (const [name, options] of Object.entries(PROGRAMS)) {
    const result = await measure(options);
    results[name].push(result);
    const { eventsPerSecond, predictionsPerSecond, cpuMicrosecondsPerEvent, p99Ms, fdatasyncP99Ms, rssMB } =
      result;
    const load = `${eventsPerSecond} events/s, ${predictionsPerSecond} published, ${cpuMicrosecondsPerEvent} us of CPU`;
    say(`${name}: ${load}; p99 ${p99Ms} ms (of a flush ${fdatasyncP99Ms}); ${rssMB} MB`);
  }
}
for (const [name, all] of Object.entries(results)) {
  const of = (figure) => median(all.map((one) => one[figure]));
  const beside = (figure) => median(all.map((one, i) => one[figure] / results.bare[i][figure])).toFixed(2);
  const [rate, cpu] = ["eventsPerSecond", "cpuMicrosecondsPerEvent"];
  say(
    `${name}, medians: ${of(rate)} events/s, ${of(cpu)} us of CPU, p99 ${of("p99Ms")} ms, ${of("rssMB")} MB;`,
  );
  say(`  round by round, beside bare: ${beside(rate)} times its rate, ${beside(cpu)} times its CPU`);
}
process.exit(0);
