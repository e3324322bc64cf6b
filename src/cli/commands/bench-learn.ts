import { Command } from "commander";
import { learnTable, summarizeFigures, summarizeNoise } from "../bench/learn/learn-table.js";
import { type Figures, MEASURES } from "../bench/learn/measures.js";
import { type NoiseRun, noiseRun } from "../bench/learn/noise-run.js";
import { NOISES } from "../bench/learn/signals.js";
import { listOf, nonNegativeInteger, positiveInteger } from "../option-values.js";
import { progress } from "../progress.js";

const NAMES = [...MEASURES.map(({ name }) => name), "noise"];

interface LearnOptions {
  readonly seeds: number;
  readonly firstSeed: number;
  readonly noiseRuns: number;
  readonly only: readonly string[];
  readonly json?: boolean;
}

/** Candidates of one stream of noise. */
const CANDIDATES = 10;
/** Noise has seeds of its own: none of them was used to choose a constant. */
const NOISE_SEEDS = 7_310_000;

/** `eddy bench learn`: what learning beside the stream is worth, and that it does no harm. */
export function benchLearnCommand(): Command {
  return new Command("learn")
    .description(
      "what fine-tuning is worth on synthetic streams that change, and that noise brings nothing into service",
    )
    .option("--seeds <n>", "streams of each kind", positiveInteger, 5)
    .option("--first-seed <n>", "of the streams", nonNegativeInteger, 1)
    .option(
      "--noise-runs <n>",
      "streams of each kind of noise, ten candidates each; more where some end early",
      positiveInteger,
      50,
    )
    .option("--only <names>", `some of ${NAMES.join(", ")}`, listOf(NAMES), NAMES)
    .option("--json", "one JSON object a stream and one for all, for machines")
    .addHelpText("after", "\nExample:\n  eddy bench learn --seeds 3 --only frequency,stuck")
    .action(run);
}

async function run({ seeds, firstSeed, noiseRuns, only, json = false }: LearnOptions): Promise<void> {
  const measures = MEASURES.filter(({ name }) => only.includes(name));
  const noises = only.includes("noise") ? NOISES : [];
  // How many streams of noise it takes shows itself.
  const total = noises.length > 0 ? undefined : measures.length * seeds;
  const shown = progress(process.stderr, { label: "bench learn", total, unit: "streams", silent: json });
  let done = 0;
  const tell = (line: object, note: string) => {
    if (json) console.log(JSON.stringify({ type: "stream", bench: "learn", ...line }));
    shown.update(++done, note);
  };
  const results = [];
  for (const measure of measures) {
    const figures: Figures[] = [];
    for (let i = 0; i < seeds; i++) {
      const seed = firstSeed + i;
      const own = await measure.run(seed);
      figures.push(own);
      tell({ measure: measure.name, seed, ...own }, measure.name);
    }
    results.push({ measure, figures });
  }
  // In turn, so that a run that is cut short has seen them all.
  const runs: NoiseRun[] = [];
  const judged = (kind: NoiseRun["kind"]) =>
    runs.reduce((sum, run) => sum + (run.kind === kind ? run.candidates : 0), 0);
  const lacking = () => noises.filter((kind) => judged(kind) < noiseRuns * CANDIDATES);
  for (let i = 0; lacking().length > 0; i++) {
    for (const kind of lacking()) {
      const one = await noiseRun(kind, NOISE_SEEDS + i, CANDIDATES);
      runs.push(one);
      tell({ measure: "noise", ...one }, kind);
    }
  }
  const noise = noises.map((kind) =>
    summarizeNoise(
      kind,
      runs.filter((run) => run.kind === kind),
    ),
  );
  shown.done();
  if (json) {
    const measured = Object.fromEntries(
      results.map(({ measure, figures }) => [
        measure.name,
        { goal: measure.goal, ...summarizeFigures(figures) },
      ]),
    );
    console.log(JSON.stringify({ type: "result", bench: "learn", seeds, measures: measured, noise }));
  } else console.log(learnTable(results, noise));
}
