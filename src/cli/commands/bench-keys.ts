import { Command } from "commander";
import { benchKeys, type KeysBenchResult } from "../bench/keys.js";
import { positiveInteger, positiveIntegers } from "../option-values.js";

interface KeysOptions {
  readonly keys: readonly number[];
  readonly hidden: number;
  readonly inputs: number;
  readonly rounds: number;
  readonly events: number;
  readonly json?: boolean;
}

/** `eddy bench keys`: memory and time by number of keys. */
export function benchKeysCommand(): Command {
  return new Command("keys")
    .description("memory of many keys' states and their index, and time an event by number of keys")
    .option("--keys <list>", "numbers of keys", positiveIntegers, [1, 1000, 100_000])
    .option("--hidden <n>", "hidden units of the GRU", positiveInteger, 32)
    .option("--inputs <n>", "inputs of the GRU", positiveInteger, 8)
    .option("--rounds <n>", "rounds, in each of which every number of keys runs", positiveInteger, 9)
    .option("--events <n>", "events of a round", positiveInteger, 100_000)
    .option("--json", "one JSON object a line, for machines")
    .addHelpText("after", "\nExample:\n  eddy bench keys --keys 1000,1000000")
    .action(run);
}

function run(options: KeysOptions): void {
  const results: KeysBenchResult[] = [];
  benchKeys({ ...options, onResult: (result) => results.push(result) });
  if (options.json) {
    for (const [i, result] of results.entries()) {
      const type = i === results.length - 1 ? "result" : "keys";
      console.log(JSON.stringify({ type, bench: "keys", ...result }));
    }
    return;
  }
  console.log(`${"keys".padStart(9)}${"µs an event".padStart(14)}${"MB".padStart(9)}`);
  for (const { keys, microseconds, megabytes } of results) {
    const cells = [String(keys).padStart(9), microseconds.toPrecision(3).padStart(14)];
    console.log(`${cells.join("")}${megabytes.toFixed(1).padStart(9)}`);
  }
}
