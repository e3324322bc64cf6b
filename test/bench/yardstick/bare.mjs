// The path of an event in as few lines as it takes: mqtt.js, JSON, the same GRU in the same kernel, a table of SQLite, a
// publish. No detection, no ledger, no state that survives, and packets are acknowledged before they are stored: what
// `eddy bench events` may be measured against, on the same machine in the same minutes. Speaks the bench's language.
import { join } from "node:path";
import Database from "better-sqlite3";
import mqtt from "mqtt";
import { KernelModel } from "../../../dist/cells/index.js";
import { Rng } from "../../../dist/core/index.js";

const { broker, data, hidden, qosOut } = JSON.parse(process.argv[2] ?? "{}");

const db = new Database(join(data, "bare.sqlite"));
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec(
  "CREATE TABLE events (id INTEGER PRIMARY KEY, key TEXT, time REAL, value REAL, forecast REAL) STRICT",
);
const insert = db.prepare("INSERT INTO events (key, time, value, forecast) VALUES (?, ?, ?, ?)");

const rng = new Rng(1);
const draw = (size) => Float32Array.from({ length: size }, () => (2 * rng.uniform() - 1) / Math.sqrt(hidden));
const [rows, inputs] = [3 * hidden, 2];
const weights = {
  weightIh: draw(rows * inputs),
  weightHh: draw(rows * hidden),
  biasIh: draw(rows),
  biasHh: draw(rows),
};
const model = new KernelModel({
  sizes: [inputs, hidden],
  operations: [
    { kind: "recurrent", cell: "gru", hidden, direction: "forward", weights, input: 0, output: 1 },
  ],
  output: 1,
});
const keys = new Map();
const x = new Float32Array(inputs);
const h = new Float32Array(hidden);

function step(key, value) {
  let known = keys.get(key);
  if (known === undefined) {
    known = { slot: model.acquire(), last: value };
    keys.set(key, known);
  }
  x[0] = value;
  x[1] = value - known.last;
  known.last = value;
  model.stepSlot(h, known.slot, x);
  return h.reduce((sum, one) => sum + one, 0) / hidden;
}

let [events, predicted] = [0, 0];
let waiting = [];
const client = mqtt.connect(broker, { protocolVersion: 5, properties: { receiveMaximum: 512 } });
const out = mqtt.connect(broker, { protocolVersion: 5 });
client.handleMessage = (packet, done) => {
  if (waiting.push(packet) === 1) setImmediate(commit);
  done();
};

function commit() {
  const batch = waiting;
  waiting = [];
  const messages = [];
  db.exec("BEGIN");
  for (const { topic, payload } of batch) {
    const key = topic.split("/")[1];
    const { ts: time, value } = JSON.parse(payload.toString());
    const forecast = step(key, value);
    insert.run(key, time, value, forecast);
    const [lower, upper] = [forecast - 1, forecast + 1];
    const said = { key, time: new Date(time).toISOString(), value, forecast, lower, upper };
    messages.push([`eddy/bench/${key}/prediction`, JSON.stringify(said)]);
  }
  db.exec("COMMIT");
  events += batch.length;
  // At QoS 0 mqtt.js would wait for the socket to drain, with a listener for each message.
  const onPublished = qosOut === 0 ? undefined : () => predicted++;
  for (const [topic, message] of messages)
    out.publish(topic, message, { qos: qosOut, retain: true }, onPublished);
  if (qosOut === 0) predicted += batch.length;
}

client.on("connect", () => {
  client.subscribe("bench/+/events", { qos: 1 }, () => process.send({ say: "ready", url: broker }));
});
process.on("message", ({ say }) => {
  if (say === "progress") process.send({ say, predicted });
  if (say === "stop") process.exit(0);
  if (say !== "sample") return;
  const { user, system } = process.cpuUsage();
  const sample = {
    ...{ events, predicted, cpuMicroseconds: user + system, rssBytes: process.memoryUsage.rss() },
    ...{ storeBytes: 0, isTrained: events > 2000, tunings: 0, backlog: events - predicted },
  };
  process.send({ say, sample });
});
