import { Command } from "commander";
import { runDemo } from "../demo/run-demo.js";
import { positiveNumber } from "../option-values.js";

interface DemoOptions {
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
    .option("--json", "the summary as one JSON object")
    .addHelpText(
      "after",
      "\nExample:\n  eddy demo --seconds 60\n  mosquitto_sub -p 1883 -t 'eddy/#' -v   (meanwhile)",
    )
    .action(({ seconds, data, json = false }: DemoOptions) => runDemo({ seconds, data, isJson: json }));
}
