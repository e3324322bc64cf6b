import { connectClient } from "../../mqtt/index.js";
import type { FromGenerator, GeneratorOptions } from "./messages.js";
import { wave } from "./wave.js";

/**
 * A steady load, in a process of its own: sine waves of many keys over a few connections; with `listens` it times the
 * predictions.
 */
const options: GeneratorOptions = JSON.parse(process.argv[2] ?? "{}");
const CONNECTIONS = 8;

const clients = await Promise.all(
  Array.from({ length: CONNECTIONS }, () => connectClient({ url: options.url })),
);
const sentAt = new Map<string, number>();
let latenciesMs: number[] = [];
let sent = 0;
let waiting = 0;
let isStopping = false;

if (options.listens) {
  const listener = await connectClient({ url: options.url });
  await listener.subscribe("eddy/bench/+/prediction", (_topic, payload) => {
    const { key, time } = JSON.parse(Buffer.from(payload).toString()) as { key: string; time: string };
    const id = `${key} ${Date.parse(time)}`;
    const at = sentAt.get(id);
    if (at === undefined) return;
    sentAt.delete(id);
    latenciesMs.push(performance.now() - at);
  });
}

const started = Date.now() - 3_000_000;
function sendOne(): void {
  const n = sent++;
  const key = n % options.keys;
  const round = Math.floor(n / options.keys);
  const ts = started + round;
  waiting++;
  if (options.listens) sentAt.set(`k${key} ${ts}`, performance.now());
  const payload = `{"ts":${ts},"value":${wave(n, round, key).toFixed(4)}}`;
  clients[key % CONNECTIONS]?.publish(`bench/k${key}/events`, payload, { qos: 1 }).then(settle, settle);
}

function settle(): void {
  waiting--;
}

const begun = performance.now();
setInterval(() => {
  const due = ((performance.now() - begun) / 1000) * options.rate;
  while (!isStopping && sent < due && waiting < options.window) sendOne();
}, 1);

process.on("message", (message: { readonly say: "sample" | "stop" }) => {
  if (message.say === "stop") {
    isStopping = true;
    process.exit(0);
  }
  latenciesMs.sort((a, b) => a - b);
  process.send?.({ say: "sample", sent, latenciesMs } satisfies FromGenerator);
  latenciesMs = [];
});
