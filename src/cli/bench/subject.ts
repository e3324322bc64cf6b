import { embeddedBroker } from "../../mqtt/index.js";
import { connectToBroker, Eddy, silentLog } from "../../runtime/index.js";
import { parsePipeline } from "../../spec/index.js";
import { openDashboard, showOn } from "../dashboard.js";
import { keepHeapSmall } from "../small-heap.js";
import { CpuProfile } from "./cpu-profile.js";
import type { FromSubject, SubjectOptions, ToSubject } from "./messages.js";

/** The process that `eddy bench events` measures: Eddy with one pipeline, and the embedded broker if asked. */
const options: SubjectOptions = JSON.parse(process.argv[2] ?? "{}");
/** Asked so often, one fine-tuning follows the other. */
const TUNE_EVERY_MS = 100;
/** A broker that kept the session, of a data directory that is gone, would queue up the load of every bench that follows. */
const SESSION_SECONDS = 5;
let tunings = 0;
let profile: CpuProfile | undefined;
const say = (message: FromSubject) => process.send?.(message);

const { pipeline } = parsePipeline(
  JSON.stringify({
    name: "bench",
    input: { topics: ["bench/+/events"], key: "{topic[1]}", time: "ts" },
    features: ["value", { difference: "value" }],
    target: "value",
    model: { hidden: options.hidden, members: options.members, "cold-start": { events: 1000, lead: 1000 } },
    ...(options.detects ? {} : { anomaly: false }),
    output: { qos: options.qosOut },
    store: { durability: options.durability },
    ...(options.learns ? { learn: { every: "100000000 events", "on-drift": false } } : {}),
  }),
  { environment: {} },
);
if (pipeline === undefined) throw new Error("the bench's own pipeline has errors");

const broker = options.broker === "embedded" ? await embeddedBroker({ port: 18_830 }) : undefined;
const url = broker?.url ?? options.broker;
keepHeapSmall();
const eddy = await Eddy.start({
  pipelines: [pipeline],
  data: options.data,
  log: silentLog,
  onLearning: (_pipeline, report) => {
    if (report.kind === "learned" && report.details?.tuning) tunings++;
  },
  connect: (own, store) =>
    broker
      ? broker.connection({ filters: own.input.topics })
      : connectToBroker(own, store, url, silentLog, { sessionExpirySeconds: SESSION_SECONDS }),
});
eddy.ended.catch((error: unknown) => say({ say: "failed", why: String(error) }));

process.on("message", async (message: ToSubject) => {
  if (message.say === "sample") {
    const { user, system } = process.cpuUsage();
    const [live] = eddy.live;
    say({
      say: "sample",
      sample: {
        events: live?.counters.events ?? 0,
        cpuMicroseconds: user + system,
        rssBytes: process.memoryUsage.rss(),
        storeBytes: eddy.contentBytes(),
        isTrained: live?.model.startsWith("gru-") ?? false,
        tunings,
        predicted: live?.predicted ?? 0,
        backlog: live?.backlog ?? 0,
      },
    });
  } else if (message.say === "progress") {
    say({ say: "progress", predicted: eddy.live[0]?.predicted ?? 0 });
  } else if (message.say === "profile") {
    if (profile === undefined) {
      profile = new CpuProfile();
      await profile.start();
      say({ say: "profile", times: undefined });
    } else {
      say({ say: "profile", times: await profile.stop() });
      profile = undefined;
    }
  } else if (message.say === "tune") {
    setInterval(() => void eddy.request({ command: "tune" }), TUNE_EVERY_MS);
  } else {
    await eddy.stop();
    await broker?.close();
    process.exit(0);
  }
});
const dashboard = options.dashboard ? await openDashboard({ dashboard: "127.0.0.1:0" }) : undefined;
if (dashboard) showOn(dashboard, eddy);
say({ say: "ready", url, ...(dashboard ? { dashboard: dashboard.url } : {}) });
