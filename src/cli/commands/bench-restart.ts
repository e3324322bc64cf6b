import { Command } from "commander";
import { benchRestart } from "../bench/restart.js";
import { positiveInteger } from "../option-values.js";

interface RestartOptions {
  readonly keys: number;
  readonly events: number;
  readonly hidden: number;
  readonly rounds: number;
  readonly json?: boolean;
}

/** `eddy bench restart`: how long a start takes on a data directory of many keys. */
export function benchRestartCommand(): Command {
  return new Command("restart")
    .description("time from the start of the process until it takes events, with many keys in the store")
    .option("--keys <n>", "keys", positiveInteger, 10_000)
    .option("--events <n>", "events of each key before the restart", positiveInteger, 20)
    .option("--hidden <n>", "hidden units of the GRU", positiveInteger, 64)
    .option("--rounds <n>", "restarts", positiveInteger, 5)
    .option("--json", "one JSON object, for machines")
    .addHelpText("after", "\nExample:\n  eddy bench restart --keys 100000 --events 5")
    .action(run);
}

async function run(options: RestartOptions): Promise<void> {
  const result = await benchRestart({
    ...options,
    onPhase: (phase) => process.stderr.write(`bench restart: ${phase}\n`),
  });
  if (options.json) {
    console.log(JSON.stringify({ type: "result", bench: "restart", ...result }));
    return;
  }
  const { keys, events, readyMs, resumeMs, rssMB, storeMB } = result;
  console.log(
    [
      `ready ${readyMs} ms after the process was started, ${resumeMs} ms after its code was loaded`,
      `${keys} keys with ${events} events each, ${storeMB} MB stored; ${rssMB} MB of memory when ready`,
    ].join("\n"),
  );
}
