import { Command } from "commander";
import { benchDashboard } from "../bench/dashboard.js";
import { positiveInteger, positiveNumber } from "../option-values.js";

interface DashboardOptions {
  readonly keys: number;
  readonly rate: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly json?: boolean;
}

/** `eddy bench dashboard`: what an open page costs. */
export function benchDashboardCommand(): Command {
  return new Command("dashboard")
    .description("what an open page of the dashboard costs the event path")
    .option("--keys <n>", "keys", positiveInteger, 100)
    .option("--rate <n>", "events a second, of all keys together", positiveNumber, 1000)
    .option("--seconds <n>", "length of each measurement", positiveNumber, 8)
    .option("--rounds <n>", "measurements without and with a page, in turn", positiveInteger, 5)
    .option("--json", "one JSON object, for machines")
    .addHelpText("after", "\nExample:\n  eddy bench dashboard --keys 500 --rate 5000")
    .action(run);
}

async function run({ json, ...options }: DashboardOptions): Promise<void> {
  const result = await benchDashboard({
    ...options,
    onPhase: (phase) => process.stderr.write(`bench dashboard: ${phase}\n`),
  });
  if (json) {
    console.log(JSON.stringify({ type: "result", bench: "dashboard", ...result }));
    return;
  }
  const { median, least, most } = result.addedPercent;
  console.log(
    [
      `${result.rate} events/s of ${result.keys} keys: ${result.microsecondsWithoutPage} µs of CPU an event without a page,`,
      `${result.microsecondsWithPage} µs with one (${signed(median)} %, by round ${signed(least)} to ${signed(most)} %),`,
      `which is sent ${(result.bytesPerSecond / 1000).toFixed(1)} kB/s`,
    ].join("\n"),
  );
}

function signed(percent: number): string {
  return percent < 0 ? `${percent}` : `+${percent}`;
}
