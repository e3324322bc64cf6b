import { Command } from "commander";
import { runDemo } from "../demo/run-demo.js";
import { wrongUse } from "../wrong-use.js";

interface DemoOptions {
  readonly seconds?: string;
  readonly data: string;
  readonly json?: boolean;
}

/** `eddy demo`: the main job in one command. */
export function demoCommand(): Command {
  return new Command("demo")
    .description("the main job in one command: broker, pumps, a network that learns, predictions, alerts")
    .option("--seconds <n>", "end after so many seconds with one summary line")
    .option(
      "--data <dir>",
      "data directory: start again with the same to go on where it stopped",
      "eddy-data",
    )
    .option("--json", "the summary as one JSON object")
    .addHelpText(
      "after",
      "\nExample:\n  eddy demo --seconds 60\n  mosquitto_sub -p 1883 -t 'eddy/#' -v   (meanwhile)",
    )
    .action((options: DemoOptions) => {
      const seconds = options.seconds === undefined ? undefined : Number(options.seconds);
      if (seconds !== undefined && !(seconds > 0)) {
        throw wrongUse(`Cannot run the demo: expected --seconds above 0, found ${options.seconds}`);
      }
      return runDemo({ seconds, data: options.data, isJson: options.json ?? false });
    });
}
