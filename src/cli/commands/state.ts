import { Command } from "commander";
import { openStoreForReading } from "../../store/index.js";

interface StateOptions {
  readonly data: string;
  readonly json?: boolean;
}

/** `eddy state`: what a data directory remembers, by pipeline and key. */
export function stateCommand(): Command {
  const state = new Command("state").description(
    "look at what a data directory remembers, by pipeline and key",
  );
  state
    .command("list")
    .description("every key: events, newest event time")
    .option("--data <dir>", "data directory", "eddy-data")
    .option("--json", "one object a line, for machines")
    .action(list);
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
