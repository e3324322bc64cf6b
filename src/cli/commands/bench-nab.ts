import { Command, Option } from "commander";
import { DUE } from "../../detection/index.js";
import { benchNab } from "../bench/nab/bench-nab.js";
import { readCorpus } from "../bench/nab/corpus.js";
import { NAB_DETECTORS, type NabDetector } from "../bench/nab/detection.js";
import { scoreboard, summarize } from "../bench/nab/scoreboard.js";
import { positiveInteger } from "../option-values.js";
import { progress } from "../progress.js";

interface NabOptions {
  readonly data: string;
  readonly seeds: number;
  readonly detector: NabDetector;
  readonly json?: boolean;
}

/** `eddy bench nab`: how well anomalies are found, on the Numenta Anomaly Benchmark. */
export function benchNabCommand(): Command {
  return new Command("nab")
    .description("scores on the Numenta Anomaly Benchmark, by our own implementation of its scorer")
    .requiredOption("--data <dir>", "a checkout of github.com/numenta/NAB: data/ and labels/ of it are read")
    .option("--seeds <n>", "runs, each with other random layers", positiveInteger, 8)
    .addOption(
      new Option(
        "--detector <name>",
        "what detects: novelty with one net or six, the pattern detector, or both as one",
      )
        .choices([...NAB_DETECTORS])
        .default("novelty-6"),
    )
    .option("--json", "one JSON object a seed and one for all, for machines")
    .addHelpText("after", "\nExample:\n  eddy bench nab --data ../NAB --seeds 2")
    .action(run);
}

function run({ data, seeds, detector, json = false }: NabOptions): void {
  const files = readCorpus(data);
  const rows = files.reduce((sum, { values }) => sum + values.length, 0);
  const shown = progress(process.stderr, {
    label: "bench nab",
    total: rows * seeds,
    unit: "records",
    silent: json,
  });
  let done = 0;
  const results = Array.from({ length: seeds }, (_, i) => {
    const result = benchNab(files, detector, i + 1, (more) => {
      done += more;
      shown.update(done, `seed ${i + 1}`);
    });
    if (json) console.log(JSON.stringify({ type: "seed", bench: "nab", detector, ...result }));
    return result;
  });
  shown.done();
  const { fixed, ranges, best, ...rest } = summarize(results);
  if (json) {
    const summary = { ...fixed, seeds, range: ranges.standard, threshold: DUE, detector, best, ...rest };
    console.log(JSON.stringify({ type: "result", bench: "nab", ...summary }));
  } else console.log(scoreboard(detector, results));
}
