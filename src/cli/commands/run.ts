import { Command } from "commander";
import { BrokerDrops, brokerAccess, connectToBroker, Eddy } from "../../runtime/index.js";
import type { Pipeline } from "../../spec/index.js";
import { type DashboardFlags, dashboardOption, openDashboard, passwordOption, showOn } from "../dashboard.js";
import { MODELS_OPTION, readPipelines } from "../pipeline-files.js";
import { lookAround } from "../run/look-around.js";
import { keepHeapSmall } from "../small-heap.js";
import { terminalLog } from "../terminal-log.js";
import { untilStopped } from "../until-stopped.js";

interface RunOptions extends DashboardFlags {
  readonly broker?: string;
  readonly data: string;
  readonly history?: string;
  readonly restep?: boolean;
  readonly models?: string;
  readonly json?: boolean;
}

const DEFAULT_BROKER = "mqtt://localhost:1883";

/** `eddy run`: pipelines against a broker, until stopped. */
export function runCommand(): Command {
  return new Command("run")
    .description("run pipelines against a broker, until stopped")
    .argument("<pipeline...>", "pipeline files (YAML)")
    .option("--broker <url>", `broker of pipelines that name none (default: ${DEFAULT_BROKER})`)
    .option("--data <dir>", "data directory: state, outputs, checkpoints", "eddy-data")
    .option("--history <file>", "step a recording first (CSV or NDJSON), so that it starts warm")
    .option("--restep", "after a change of the pipeline: step the stored events again under the new one")
    .addOption(dashboardOption())
    .addOption(passwordOption())
    .option(...MODELS_OPTION)
    .option("--json", "log one JSON object a line")
    .addHelpText(
      "after",
      "\nExample:\n  eddy run pipelines/vibration.yaml --broker mqtt://localhost --dashboard\n  mosquitto_sub -t 'eddy/#' -v",
    )
    .action(run);
}

async function run(files: readonly string[], options: RunOptions): Promise<void> {
  const pipelines = await readPipelines(files, options);
  const log = terminalLog(options.json ?? false);
  // What is given on the command line goes before what the file says.
  const urlOf = ({ broker }: Pipeline) =>
    options.broker ?? broker.url ?? process.env["EDDY_BROKER"] ?? DEFAULT_BROKER;
  const drops = new BrokerDrops();
  const stopped = untilStopped();
  const dashboard = await openDashboard(options);
  if (dashboard) log.info(`dashboard: ${dashboard.url}`);
  keepHeapSmall();
  const eddy = await Eddy.start({
    pipelines,
    data: options.data,
    log,
    history: options.history,
    restep: options.restep ?? false,
    connect: (pipeline, store) => connectToBroker(pipeline, store, urlOf(pipeline), log),
    watchDrops: (pipeline, { instanceId }, protocol, onCount) => {
      const access = brokerAccess(pipeline.broker, process.env);
      const clientId = `${instanceId}-drops`;
      return drops.listen({ ...access, url: urlOf(pipeline), clientId, protocol }, onCount);
    },
    lookAround: (pipeline) => {
      const { username, password } = brokerAccess(pipeline.broker, process.env);
      const access = {
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
      };
      const { input, output } = pipeline;
      return lookAround({ url: urlOf(pipeline), ...access, wanted: input.topics, base: output.base });
    },
  }).catch(async (error: unknown) => {
    await dashboard?.close();
    throw error;
  });
  if (dashboard) showOn(dashboard, eddy);
  log.info(`running ${pipelines.map(({ name }) => name).join(", ")} on ${options.data}; Ctrl-C ends`);
  await Promise.race([stopped, eddy.ended]);
  await dashboard?.close();
  await eddy.stop();
  await eddy.ended;
  const events = eddy.live.reduce((sum, live) => sum + live.counters.events, 0);
  log.info(`stopped after ${events} events`);
}
