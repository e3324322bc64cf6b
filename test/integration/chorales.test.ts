import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { labelled, readModelWords, readSequences, replay, targetCode } from "../../src/runtime/index.js";
import { parsePipeline } from "../../src/spec/index.js";
import { symbolsScores } from "../../src/training/index.js";
import { eddy } from "../support/cli.js";
import { inPlaceTrainer } from "../support/in-place-trainer.js";
import { sharedData, sharedDataHint } from "../support/shared-data.js";
import { temporaryFolder } from "../support/temporary.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const file = join(root, "pipelines/chorales.yaml");
const { pipeline } = parsePipeline(readFileSync(file, "utf8"), {
  file,
  models: join(root, "models"),
  readModel: readModelWords,
});

describe.skipIf(sharedData === undefined)(`JSB chorales, official test${sharedDataHint}`, () => {
  const folder = temporaryFolder();

  it("the shipped network foretells them in the stream at 8.55 nats a step or less", async () => {
    const input = join(folder, "test.ndjson");
    const script = join(root, "pipelines/data/chorales.mjs");
    const data = join(sharedData!, "music/jsb-chorales-quarter.json");
    writeFileSync(input, execFileSync(process.execPath, [script, data, "test"], { maxBuffer: 2 ** 26 }));
    const logits: Float64Array[] = [];
    await replay({
      pipeline: pipeline!,
      input,
      engines: { trainer: inPlaceTrainer(), fineTunes: false },
      onRow: (_, outcome) => {
        if ("sample" in outcome && outcome.output) logits.push(outcome.output);
      },
    });
    const { sequences } = await readSequences(pipeline!, pipeline!.supervised!, input);
    expect(sequences).toHaveLength(77);
    const code = targetCode(pipeline!.supervised!, sequences);
    const sets = sequences.flatMap((sequence) => {
      const { target } = labelled(sequence, code);
      return sequence.steps.map((_, t) => target.subarray(t * code.width, (t + 1) * code.width));
    });
    expect(logits).toHaveLength(sets.length);
    const { scores, count } = symbolsScores(logits, sets, code.width);
    expect(count).toBe(4648);
    expect(scores.nll).toBeLessThanOrEqual(8.55);
  });
});

describe("eddy generate with sets of symbols", () => {
  const folder = temporaryFolder();
  const go = async (...more: string[]) =>
    JSON.parse(
      (await eddy("generate", file, "--prompt", "60 67 72 76, 53 69 72 77", "--json", ...more)).stdout,
    );

  it("goes on from chords, the same from the same seed", async () => {
    const first = await go("--most", "6");
    expect(first).toMatchObject({ type: "result", unknown: 0 });
    expect(first.sets).toHaveLength(6);
    expect(first.text.split(", ")).toHaveLength(6);
    expect(await go("--most", "6")).toEqual(first);
    expect((await go("--most", "6", "--seed", "2")).sets).not.toEqual(first.sets);
  });

  it("takes at temperature 0 the keys that are at least as likely as not, as the stream does", async () => {
    const { sets } = await go("--most", "1", "--temperature", "0");
    const rows: unknown[] = [];
    const input = join(folder, "seed.ndjson");
    writeFileSync(input, '{"keys":[60,67,72,76]}\n{"keys":[53,69,72,77]}\n');
    await replay({
      pipeline: pipeline!,
      input,
      engines: { trainer: inPlaceTrainer(), fineTunes: false },
      onRow: ({ symbols }) => rows.push(symbols),
    });
    expect(sets).toEqual([rows[1]]);
  });

  it("counts keys that the network does not know", async () => {
    const { stderr } = await eddy("generate", file, "--prompt", "60 200", "--most", "1");
    expect(stderr).toContain("1 symbols of the prompt are unknown");
  });
});
