import { Command } from "commander";
import { type DashboardFlags, passwordOption } from "../dashboard.js";
import { runDemo } from "../demo/run-demo.js";
import { positiveNumber } from "../option-values.js";

interface DemoOptions extends DashboardFlags {
  readonly seconds?: number;
  readonly data: string;
  readonly json?: boolean;
}

/** `eddy demo`: the main job in one command. */
export function demoCommand(): Command {
  return new Command("demo")
    .description("the main job in one command: broker, pumps, a network that learns, predictions, alerts")
    .option("--seconds <n>", "end after so many seconds with one summary line", positiveNumber)
    .option(
      "--data <dir>",
      "data directory: start again with the same to go on where it stopped",
      "eddy-data/demo",
    )
    .option(
      "--dashboard <host:port>",
      "where to show it in a browser (default: 127.0.0.1:3339, or any free port)",
    )
    .option("--no-dashboard", "only in the terminal")
    .addOption(passwordOption())
    .option("--json", "the summary as one JSON object")
    .addHelpText(
      "after",
      "\nExample:\n  eddy demo --seconds 60\n  mosquitto_sub -p 1883 -t 'eddy/#' -v   (meanwhile)",
    )
    .action(({ seconds, data, json = false, ...flags }: DemoOptions) =>
      runDemo({ seconds, data, isJson: json, dashboard: { dashboard: true, ...flags } }),
    );
}
