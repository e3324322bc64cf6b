import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labelled, readSequences, targetCode, withVocabularies } from "../../runtime/index.js";
import type { Pipeline } from "../../spec/index.js";
import type { LabelledSequence } from "../../training/index.js";
import { packageFile } from "../package-folder.js";
import { readPipelines } from "../pipeline-files.js";

export const VARIANT_TASKS = ["gaps", "cue"] as const;
export type VariantTaskName = (typeof VARIANT_TASKS)[number];

/** What all variants learn and are tested on. */
export interface VariantTask {
  readonly at: "end" | "step";
  /** I, all of them symbols'. */
  readonly inputs: number;
  readonly classes: number;
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
  readonly training: readonly LabelledSequence[];
  readonly test: readonly LabelledSequence[];
}

const PIPELINES = packageFile("pipelines/");

/**
 * The task of a shipped pipeline, on texts that are made up anew, always the same. A missing word is named at its gap,
 * not words later as in the stream: a network that reads on sees the clue by itself.
 */
export async function variantTask(
  name: VariantTaskName,
  trained: number,
  tested: number,
): Promise<VariantTask> {
  const [read] = await readPipelines([join(PIPELINES, `idiom-${name}.yaml`)], { ignoresModel: true });
  const shipped = read!;
  const supervised = { ...shipped.supervised!, ahead: 0 };
  const marked: Pipeline = { ...shipped, supervised, sequence: { ...shipped.sequence, end: "end" } };
  const folder = mkdtempSync(join(tmpdir(), "eddy-bench-"));
  try {
    const training = join(folder, "train.ndjson");
    const test = join(folder, "test.ndjson");
    makeUp(training, [name, "train", String(trained)]);
    makeUp(test, [name, "test", String(tested)]);
    const pipeline = await withVocabularies(marked, training);
    const own = (await readSequences(pipeline, supervised, training)).sequences;
    const others = (await readSequences(pipeline, supervised, test)).sequences;
    const code = targetCode(supervised, own);
    const { epochs, batch, rate } = supervised.training;
    return {
      at: supervised.at,
      inputs: pipeline.features.reduce(
        (sum, one) => sum + (one.kind === "symbol" ? (one.vocabulary?.length ?? 0) + 1 : 1),
        0,
      ),
      classes: code.supervised.kind === "class" ? (code.supervised.classes?.length ?? 0) : 0,
      epochs,
      batch,
      rate,
      training: own.map((one) => labelled(one, code)),
      test: others.map((one) => labelled(one, code)),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function makeUp(file: string, words: readonly string[]): void {
  const script = join(PIPELINES, "data", "idioms.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...words], { maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`Cannot make up texts by ${script}: ${stderr.toString().trim()}`);
  writeFileSync(file, stdout);
}
