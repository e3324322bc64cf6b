import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readModelWords, writeText } from "../../src/runtime/index.js";
import { type Pipeline, parsePipeline } from "../../src/spec/index.js";
import { eddy } from "../support/cli.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

function shipped(name: string): Pipeline {
  const file = join(root, `pipelines/${name}.yaml`);
  const options = { file, models: join(root, "models"), readModel: readModelWords };
  return parsePipeline(readFileSync(file, "utf8"), options).pipeline!;
}

const write = (prompt: string, more: Partial<Parameters<typeof writeText>[0]> = {}) =>
  writeText({ pipeline: shipped("dates"), prompt, split: "characters", ...more });

describe("writeText()", () => {
  it("writes the text of a prompt, greedily and with a beam, up to its full length", async () => {
    expect(await write("3rd of May 2021")).toEqual({ text: "2021-05-03", unknown: 0 });
    expect((await write("3rd of May 2021", { search: { kind: "beam", width: 4 } })).text).toBe("2021-05-03");
    expect((await write("3rd of May 2021", { most: 4 })).text).toBe("2021");
  });

  it("draws the same text from the same seed, other ones from others", async () => {
    const draw = (seed: number) =>
      write("3rd of May 2021", { search: { kind: "sample", temperature: 8, seed } });
    expect(await draw(1)).toEqual(await draw(1));
    const texts = await Promise.all([1, 2, 3, 4].map(draw));
    expect(new Set(texts.map(({ text }) => text)).size).toBeGreaterThan(1);
  });

  it("splits a prompt as the pipeline reads it, and counts symbols that it does not know", async () => {
    const pipeline = shipped("machine-messages");
    expect(await write("please xyzzy the old motor today", { pipeline, split: "words" })).toEqual({
      text: expect.stringContaining("motor"),
      unknown: 1,
    });
    expect(await write("")).toEqual({ text: "", unknown: 0 });
  });

  it("refuses a pipeline with another target, or that reads no symbols", async () => {
    await expect(write("a", { pipeline: shipped("phrases") })).rejects.toThrow(
      'Cannot write a text with pipeline "phrases": expected one symbol or text as its feature',
    );
    await expect(write("a", { pipeline: shipped("scenes") })).rejects.toThrow("found another feature");
  });

  it("eddy generate prints the text", async () => {
    const { stdout } = await eddy(
      "generate",
      join(root, "pipelines/dates.yaml"),
      ...["--prompt", "May 3, 2021", "--beam", "4"],
    );
    expect(stdout).toBe("2021-05-03\n");
  });
});
