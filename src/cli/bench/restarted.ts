import { embeddedBroker } from "../../mqtt/index.js";
import { Eddy, keepHeapSmall, silentLog } from "../../runtime/index.js";
import { parsePipeline } from "../../spec/index.js";
import type { RestartedOptions, RestartedReady } from "./restart.js";

/** The process whose start `eddy bench restart` measures: Eddy with one pipeline and the embedded broker. */
const loadedMs = performance.now();
const options: RestartedOptions = JSON.parse(process.argv[2] ?? "{}");
keepHeapSmall();

const { pipeline } = parsePipeline(
  JSON.stringify({
    name: "bench",
    input: { topics: ["bench/+/events"], key: "{key}", time: "ts" },
    features: ["value", { difference: "value" }],
    target: "value",
    model: { hidden: options.hidden, "cold-start": { events: 1000, lead: 1000 } },
    anomaly: { keys: options.keys },
  }),
  { environment: {} },
);
if (pipeline === undefined) throw new Error("the bench's own pipeline has errors");

const broker = await embeddedBroker({ port: 0 });
const eddy = await Eddy.start({
  pipelines: [pipeline],
  data: options.data,
  log: silentLog,
  history: options.history,
  connect: (own) => broker.connection({ filters: own.input.topics }),
});
while (!eddy.live.every(({ isReady }) => isReady)) await new Promise(setImmediate);
const readyMs = performance.now();
process.once("message", () => void eddy.stop().then(() => broker.close().then(() => process.exit(0))));
process.send?.({
  readyMs,
  resumeMs: readyMs - loadedMs,
  rssBytes: process.memoryUsage.rss(),
} satisfies RestartedReady);
