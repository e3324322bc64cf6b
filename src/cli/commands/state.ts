import { Command } from "commander";
import { openStoreForReading } from "../../store/index.js";
import { type AskOptions, ask } from "../ask.js";

interface StateOptions {
  readonly data: string;
  readonly json?: boolean;
}

/** `eddy state`: what a data directory remembers, by pipeline and key. */
export function stateCommand(): Command {
  const state = new Command("state")
    .description("look at what a data directory remembers, by pipeline and key; make it forget")
    .addHelpText("after", '\nExamples:\n  eddy state list\n  eddy state reset pump-3 --why "new sensor"');
  state
    .command("list")
    .description("every key: events, newest event time")
    .option("--data <dir>", "data directory", "eddy-data")
    .option("--json", "one object a line, for machines")
    .addHelpText("after", "\nExample:\n  eddy state list --data eddy-data")
    .action(list);
  state
    .command("reset")
    .description("forget a key's hidden state, scales and detectors, in the Eddy that runs on the directory")
    .argument("<key>", "the key, as `eddy state list` shows it")
    .option("--data <dir>", "data directory", "eddy-data")
    .option("--pipeline <name>", "which pipeline; needed where several run")
    .option("--why <text>", "for the log")
    .option("--json", "one JSON object, for machines")
    .addHelpText("after", '\nExample:\n  eddy state reset pump-3 --why "new sensor"')
    .action((key: string, { why, ...options }: AskOptions & { readonly why?: string }) =>
      ask(
        options,
        "reset",
        { key, ...(why === undefined ? {} : { why }) },
        ({ position }) => `${key} begins anew, from position ${position} on`,
      ),
    );
  return state;
}

async function list(options: StateOptions): Promise<void> {
  const store = openStoreForReading(options.data);
  try {
    let count = 0;
    for (const { name } of store.pipelines()) {
      for (const { key, events, lastTime } of store.pipeline(name).keys()) {
        count++;
        const time = new Date(lastTime).toISOString();
        console.log(
          options.json
            ? JSON.stringify({ type: "key", pipeline: name, key, events, lastTime: time })
            : `${name}  ${key}  ${events} events, newest ${time}`,
        );
      }
    }
    if (options.json) console.log(JSON.stringify({ type: "result", keys: count }));
    else if (count === 0) console.log(`${options.data} holds no keys yet`);
  } finally {
    await store.close();
  }
}
