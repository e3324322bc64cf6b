import { Command } from "commander";
import { readRecorded } from "../bench/detect/labelled.js";
import { measureShifts } from "../bench/detect/shifts.js";
import { positiveInteger, positiveIntegers, positiveNumber, share } from "../option-values.js";
import { table } from "../table.js";

interface Options {
  readonly value?: readonly string[];
  readonly time?: string;
  readonly rows?: number;
  readonly fit: readonly number[];
  readonly size: number;
  readonly times: number;
  readonly within: number;
  readonly false: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** `eddy bench shifts`: how many shifts of level, put into a recording, are found. */
export function benchShiftsCommand(): Command {
  return new Command("shifts")
    .description(
      "how many shifts of one signal's level, put into a recording of several, the level detector finds",
    )
    .argument("<file>", "CSV file of usual rows")
    .option("--value <column...>", "signals (default: all columns of numbers)")
    .option("--time <column>", "event times (default: time, timestamp, ...)")
    .option("--rows <n>", "of the file, from its beginning (default: all)", positiveInteger)
    .option("--fit <rows,...>", "rows that are taken as usual: the warm-up", positiveIntegers, [750, 2000])
    .option("--size <sd>", "of a shift, in standard deviations of its signal", positiveNumber, 3)
    .option("--times <n>", "shifts, each of its own", positiveInteger, 300)
    .option("--within <rows>", "in which a shift has to be found", positiveInteger, 24)
    .option("--false <share>", "of the undisturbed rows that may lie above the threshold", share, 0.005)
    .option("--seed <n>", "of places, signals and directions", positiveInteger, 1)
    .option("--json", "one JSON object a warm-up, for machines")
    .addHelpText("after", "\nExample:\n  eddy bench shifts ETTh1.csv --rows 8000 --fit 750,2000")
    .action(run);
}

function run(file: string, options: Options): void {
  const { size, times, within, seed, json } = options;
  const columns = {
    ...(options.value ? { values: options.value } : {}),
    ...(options.time === undefined ? {} : { time: options.time }),
  };
  const recorded = readRecorded(file, columns);
  const rows = recorded.rows.slice(0, options.rows);
  const results = options.fit.map((warmUp) => ({
    warmUp,
    ...measureShifts({ ...recorded, rows }, { warmUp, size, times, within, falseShare: options.false, seed }),
  }));
  if (json) {
    for (const result of results)
      console.log(JSON.stringify({ type: "result", bench: "shifts", file, ...result }));
    return;
  }
  const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
  console.log(
    table([
      [
        "warm-up",
        `found at ${percent(options.false)} false rows`,
        "found at its own limit",
        "false rows there",
      ],
      ...results.map(({ warmUp, recall, ownRecall, ownFalseShare }) => [
        `${warmUp} rows`,
        percent(recall),
        percent(ownRecall),
        percent(ownFalseShare),
      ]),
    ]),
  );
  console.log(
    `${times} shifts of ${size} standard deviations within ${rows.length} rows of ${recorded.signals.length} signals, ` +
      `each to be found within ${within} rows`,
  );
}
