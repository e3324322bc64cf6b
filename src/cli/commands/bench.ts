import { cpus } from "node:os";
import { Command, Option } from "commander";
import { benchEvents } from "../bench/events.js";
import { positiveInteger, positiveNumber } from "../option-values.js";
import { benchCoverageCommand } from "./bench-coverage.js";
import { benchDashboardCommand } from "./bench-dashboard.js";
import { benchDetectCommand } from "./bench-detect.js";
import { benchKeysCommand } from "./bench-keys.js";
import { benchLearnCommand } from "./bench-learn.js";
import { benchNabCommand } from "./bench-nab.js";
import { benchRestartCommand } from "./bench-restart.js";
import { benchShiftsCommand } from "./bench-shifts.js";
import { benchSpeechCommand } from "./bench-speech.js";
import { benchStepCommand } from "./bench-step.js";
import { benchTrainCommand } from "./bench-train.js";
import { benchVariantsCommand } from "./bench-variants.js";

interface BenchOptions {
  readonly broker: string;
  readonly seconds: number;
  readonly keys: number;
  readonly hidden: number;
  readonly durability: "power-loss" | "crash" | "none";
  readonly qosOut: string;
  readonly members: number;
  readonly detect: boolean;
  readonly learn?: boolean;
  readonly profile?: boolean;
  readonly json?: boolean;
}

/** `eddy bench`: how fast this machine is at it. */
export function benchCommand(): Command {
  const bench = new Command("bench")
    .description("measure how fast this machine is")
    .addHelpText("after", "\nExamples:\n  eddy bench events --seconds 20\n  eddy bench step --json");
  bench
    .command("events")
    .description("events per second through the whole path, and latency at 1,000 events/s")
    .option("--broker <url>", "a broker's URL, or embedded", "embedded")
    .option("--seconds <n>", "length of each phase", positiveNumber, 10)
    .option("--keys <n>", "keys", positiveInteger, 100)
    .option("--hidden <n>", "hidden units of the GRU", positiveInteger, 64)
    .option(
      "--members <n>",
      "networks whose mean is the forecast: as many as a pipeline has",
      positiveInteger,
      2,
    )
    .addOption(
      new Option("--durability <level>", "what a commit survives")
        .choices(["power-loss", "crash", "none"])
        .default("power-loss"),
    )
    .addOption(new Option("--qos-out <qos>", "of predictions").choices(["0", "1"]).default("1"))
    .option("--no-detect", "without detectors: forecasts alone")
    .option("--learn", "measure latency once more, while it fine-tunes")
    .option("--profile", "and tell where the processor's time goes, by room of the code")
    .option("--json", "one JSON object, for machines")
    .addHelpText("after", "\nExample:\n  eddy bench events --seconds 20 --durability crash")
    .action(events);
  bench.addCommand(benchStepCommand());
  bench.addCommand(benchKeysCommand());
  bench.addCommand(benchRestartCommand());
  bench.addCommand(benchDashboardCommand());
  bench.addCommand(benchTrainCommand());
  bench.addCommand(benchCoverageCommand());
  bench.addCommand(benchDetectCommand());
  bench.addCommand(benchShiftsCommand());
  bench.addCommand(benchNabCommand());
  bench.addCommand(benchLearnCommand());
  bench.addCommand(benchSpeechCommand());
  bench.addCommand(benchVariantsCommand());
  return bench;
}

async function events(options: BenchOptions): Promise<void> {
  const result = await benchEvents({
    broker: options.broker,
    seconds: options.seconds,
    keys: options.keys,
    hidden: options.hidden,
    members: options.members,
    durability: options.durability,
    qosOut: options.qosOut === "0" ? 0 : 1,
    detects: options.detect,
    learns: options.learn ?? false,
    profiles: options.profile ?? false,
    onPhase: (phase) => process.stderr.write(`bench events: ${phase}\n`),
  });
  if (options.json) {
    console.log(JSON.stringify({ type: "result", bench: "events", ...result }));
    return;
  }
  const { tuning, profile } = result;
  console.log(
    [
      `${result.eventsPerSecond} events/s committed (${result.durability}), ${result.predictionsPerSecond} predictions/s published, ${result.keys} keys, ${result.members} GRU H=${result.hidden}, detectors: ${result.detector}`,
      `of half a second each: ${result.p10EventsPerSecond} to ${result.p90EventsPerSecond} events/s (a tenth were slower, a tenth faster)`,
      `${result.cpuMicrosecondsPerEvent} µs of CPU an event, ${result.rssMB} MB, ${result.bytesPerEvent} bytes stored an event`,
      `event sent to prediction received at 1,000 events/s: p50 ${result.p50Ms} ms, p99 ${result.p99Ms} ms (a flush of this disk: p99 ${result.fdatasyncP99Ms} ms)`,
      ...(tuning
        ? [`while fine-tuning (${tuning.tunings} ended): p50 ${tuning.p50Ms} ms, p99 ${tuning.p99Ms} ms`]
        : []),
      ...(profile
        ? [
            "of an event, µs:",
            ...Object.entries(profile).map(([room, time]) => `${time.toFixed(1).padStart(8)}  ${room}`),
          ]
        : []),
      `${result.broker} broker, QoS 1 in, QoS ${result.qosOut} out; ${cpus()[0]?.model ?? "unknown processor"}`,
    ].join("\n"),
  );
}
