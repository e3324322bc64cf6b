import { Command } from "commander";
import { COMMANDS } from "../../runtime/index.js";
import { type AskOptions, ask } from "../ask.js";
import { wrongUse } from "../wrong-use.js";

/** `eddy ask`: what the other commands ask of a running Eddy, and all that they don't. */
export function askCommand(): Command {
  return new Command("ask")
    .description("ask something of the Eddy that runs on a data directory")
    .argument("<command>", COMMANDS.join(", "))
    .argument("[body]", "what the command needs to know, as a JSON object")
    .option("--data <dir>", "data directory", "eddy-data")
    .option("--pipeline <name>", "which pipeline; needed where several run")
    .option("--json", "the answer as one JSON object, for machines")
    .addHelpText(
      "after",
      "\nThe same commands come over MQTT, on eddy/PIPELINE/request/COMMAND, where the pipeline's `control` says so." +
        "\nExamples:" +
        "\n  eddy ask state" +
        `\n  eddy ask label '{"key": "pump-3", "label": "false-alarm"}'      also missed, normal-from-here; from, to` +
        `\n  eddy ask mute '{"key": "pump-3", "for": "2h"}'                  without a key: all; 0s ends it` +
        `\n  eddy ask sensitivity '{"key": "pump-3", "value": 0.5}'          1: as shipped; 0.1 to 1.6` +
        "\n  eddy ask tune",
    )
    .action((command: string, body: string | undefined, options: AskOptions) =>
      ask(options, command, parse(body), ({ ok: _, command: name, ...rest }) =>
        Object.keys(rest).length === 1 && "position" in rest
          ? `${name}: done, takes effect from position ${rest["position"]} on`
          : JSON.stringify(rest, null, 2),
      ),
    );
}

function parse(body = "{}"): object {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null) return value;
  } catch {}
  throw wrongUse(`Cannot read ${JSON.stringify(body)}: expected a JSON object such as {"key": "pump-3"}`);
}
