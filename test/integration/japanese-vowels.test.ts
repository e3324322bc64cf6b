import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readModelWords, replay } from "../../src/runtime/index.js";
import { parsePipeline } from "../../src/spec/index.js";
import { inPlaceTrainer } from "../support/in-place-trainer.js";
import { sharedData, sharedDataHint } from "../support/shared-data.js";
import { temporaryFolder } from "../support/temporary.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe.skipIf(sharedData === undefined)(`Japanese vowels, official test${sharedDataHint}`, () => {
  const folder = temporaryFolder();

  it.each([
    ["japanese-vowels", 0.983],
    ["japanese-vowels-both-ways", 0.98],
  ])("the shipped %s names %d of the speakers or more", async (name, least) => {
    const input = join(folder, "test.ndjson");
    const script = join(root, "pipelines/data/japanese-vowels.mjs");
    const data = join(sharedData!, "japanese_vowels/JapaneseVowels_TEST.ts");
    const command = `${process.execPath} ${script} ${data} > ${input}`;
    execFileSync("sh", ["-c", command]);
    const file = join(root, `pipelines/${name}.yaml`);
    const { pipeline } = parsePipeline(readFileSync(file, "utf8"), {
      file,
      models: join(root, "models"),
      readModel: readModelWords,
    });
    let named = 0;
    let right = 0;
    await replay({
      pipeline: pipeline!,
      input,
      engines: { trainer: inPlaceTrainer(), fineTunes: false },
      onRow: ({ label }, outcome) => {
        if (label === null) return;
        named++;
        if ("sample" in outcome && outcome.sample.values["speaker"] === label) right++;
      },
    });
    expect(named).toBe(370);
    expect(right / named).toBeGreaterThanOrEqual(least);
  });
});
