import { readFile } from "node:fs/promises";
import { systemClock } from "../../core/index.js";
import { type Client, connectClient, type EmbeddedBroker, embeddedBroker } from "../../mqtt/index.js";
import { Eddy, type Log, listenFilters } from "../../runtime/index.js";
import { type Pipeline, parsePipeline } from "../../spec/index.js";
import { type DashboardFlags, openDashboard, showOn } from "../dashboard.js";
import { packageFile } from "../package-folder.js";
import { keepHeapSmall } from "../small-heap.js";
import { untilStopped } from "../until-stopped.js";
import { type DemoMessage, readEddyMessage } from "./demo-message.js";
import { demoState, reduceDemo } from "./demo-state.js";
import { startFleet } from "./fleet.js";
import { PLANT } from "./pump.js";
import { screen } from "./screen.js";
import { summaryLine } from "./summary-line.js";

export interface RunDemoOptions {
  /** Ends after so many seconds; undefined: at Ctrl-C. */
  readonly seconds: number | undefined;
  readonly data: string;
  readonly isJson: boolean;
  readonly dashboard: DashboardFlags;
}

const PIPELINE = packageFile("pipelines/demo.yaml");
const HZ = 10;
const FRAMES_PER_SECOND = 5;

/**
 * The main job in one process: the embedded broker, pumps that publish over MQTT connections of their own,
 * one pipeline, and a view that listens to the same topics as anyone would.
 */
export async function runDemo({ seconds, data, isJson, dashboard: flags }: RunDemoOptions): Promise<void> {
  const stopped = untilStopped();
  const pipeline = await demoPipeline();
  // First: of all that is opened, what people may have asked for in vain.
  const dashboard = await openDashboard(flags, true);
  const broker = await embeddedBroker();
  const view = openView(pipeline, broker, isJson, dashboard?.url);
  keepHeapSmall();
  const eddy = await Eddy.start({
    pipelines: [pipeline],
    data,
    log: view.log,
    // A newer Eddy may bring another demo pipeline: what the old one stored is stepped again.
    restep: true,
    connect: () => broker.connection({ filters: listenFilters(pipeline) }),
  }).catch(async (error: unknown) => {
    await dashboard?.close();
    throw error;
  });
  if (dashboard) showOn(dashboard, eddy);
  const listener = await listen(broker, view.show);
  const fleet = await startFleet({
    pumps: PLANT,
    hz: HZ,
    // Another fleet history at every start, so that the second look is not the first again.
    seed: systemClock.now() >>> 0,
    clock: systemClock,
    faults: { quietSeconds: 45 },
    connect: (pump) => pumpLine(broker, pump),
    onFault: (pump, fault, time) => view.show({ kind: "fault", pump, fault: fault?.kind, time }),
  });
  const started = performance.now();

  const timeIsUp = new Promise<void>((resolve) => {
    if (seconds !== undefined) setTimeout(resolve, seconds * 1000).unref();
  });
  await Promise.race([stopped, timeIsUp, eddy.ended]);

  const elapsed = (performance.now() - started) / 1000;
  await fleet.stop();
  await dashboard?.close();
  await eddy.stop();
  await listener.close();
  await broker.close();
  view.close();
  await eddy.ended;
  const { stepped, events, alertsRaised } = eddy.live[0]?.counters ?? {
    stepped: 0,
    events: 0,
    alertsRaised: 0,
  };
  const totals = { events, predictions: stepped, alerts: alertsRaised, eventsPerSecond: events / elapsed };
  console.log(isJson ? JSON.stringify({ type: "result", ...totals }) : summaryLine(totals));
}

async function demoPipeline(): Promise<Pipeline> {
  const { pipeline } = parsePipeline(await readFile(PIPELINE, "utf8"), { file: PIPELINE, environment: {} });
  if (pipeline === undefined)
    throw new Error(`Cannot run the demo: ${PIPELINE} has errors (eddy lint names them)`);
  return pipeline;
}

/** Every pump has a connection of its own, as in a plant. */
async function pumpLine(broker: EmbeddedBroker, pump: string) {
  const client = await connectClient({ url: broker.url, clientId: pump });
  return {
    publish: (topic: string, payload: string) => client.publish(topic, payload, { qos: 1 }),
    close: () => client.close(),
  };
}

async function listen(broker: EmbeddedBroker, show: (message: DemoMessage) => void): Promise<Client> {
  const listener = await connectClient({ url: broker.url, clientId: "demo-view" });
  await listener.subscribe("eddy/#", (topic, payload) => {
    const message = readEddyMessage(topic, new TextDecoder().decode(payload));
    if (message) show(message);
  });
  return listener;
}

/** The terminal view: frames on a terminal, plain lines elsewhere, nothing with --json. */
function openView(
  pipeline: Pipeline,
  broker: EmbeddedBroker,
  isJson: boolean,
  dashboard: string | undefined,
) {
  const { model, anomaly } = pipeline;
  const setup = {
    pipeline: pipeline.name,
    broker: broker.url,
    ...(dashboard === undefined ? {} : { dashboard }),
    pumps: PLANT.map(({ name }) => name),
    field: "vibration",
    unit: "mm/s",
    learnEvents: model.kind === "built-in" ? model.coldStart.events : 0,
    warmUp: anomaly?.warmUp ?? 0,
  };
  let state = demoState(setup, systemClock.now());
  const show = (message: DemoMessage): void => {
    state = reduceDemo(state, message, systemClock.now());
  };
  const display = isJson ? undefined : screen(process.stderr);
  if (display && !display.isLive && dashboard !== undefined) display.note(`in a browser: ${dashboard}`);
  const say = (message: string): void => {
    if (display) display.note(message);
    else process.stderr.write(`${message}\n`);
  };
  const timer = setInterval(() => {
    show({ kind: "tick" });
    display?.draw(state);
  }, 1000 / FRAMES_PER_SECOND);
  const log: Log = { info: () => {}, warn: say, error: say };
  return {
    show,
    log,
    close(): void {
      clearInterval(timer);
      display?.close();
    },
  };
}
