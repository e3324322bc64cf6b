import { Command } from "commander";
import { measureCoverage } from "../bench/coverage/coverage.js";
import { positiveInteger } from "../option-values.js";
import { table } from "../table.js";

/** By what the noise grows. */
const FACTORS = [1, 3, 1 / 3];

/** `eddy bench coverage`: whether intervals hold as many values as they say, when the noise changes, too. */
export function benchCoverageCommand(): Command {
  return new Command("coverage")
    .description(
      "how many values lie within their 95 % interval, before and after the noise of a stream changes",
    )
    .option("--seeds <n>", "streams of each kind", positiveInteger, 20)
    .option("--json", "one JSON object a kind, for machines")
    .addHelpText("after", "\nExample:\n  eddy bench coverage --seeds 5")
    .action(run);
}

function run({ seeds, json }: { readonly seeds: number; readonly json?: boolean }): void {
  const results = FACTORS.map((factor) => measureCoverage(factor, seeds));
  if (json) {
    for (const result of results) {
      console.log(JSON.stringify({ type: "result", bench: "coverage", seeds, ...result }));
    }
    return;
  }
  const header = results[0]?.stretches.map(({ from, to }) => `rows ${from} to ${to}`) ?? [];
  console.log(
    table([
      ["noise", ...header],
      ...results.map(({ factor, stretches }) => [
        factor === 1 ? "stays" : factor > 1 ? `times ${factor}` : `by ${Math.round(1 / factor)}`,
        ...stretches.map(({ share }) => `${(100 * share).toFixed(1)} %`),
      ]),
    ]),
  );
  console.log(`${seeds} streams each; rows count from the change; wanted is 95 %`);
}
