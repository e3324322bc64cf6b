import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type GenerateOptions, generate, readModelWords } from "../../src/runtime/index.js";
import { type Pipeline, parsePipeline } from "../../src/spec/index.js";
import { eddy } from "../support/cli.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

function shipped(name: string): Pipeline {
  const file = join(root, `pipelines/${name}.yaml`);
  const options = { file, models: join(root, "models"), readModel: readModelWords };
  return parsePipeline(readFileSync(file, "utf8"), options).pipeline!;
}

const words = async (prompt: string, more: Partial<GenerateOptions> = {}) =>
  generate({
    pipeline: shipped("phrases"),
    prompt: prompt.split(" "),
    most: 12,
    temperature: 0,
    stop: ".",
    seed: 1,
    ...more,
  });

describe("generate()", () => {
  it.each([
    ["carol was feeling", "under the weather ."],
    ["alice is allergic to nuts . it is late . the sun is out . alice can not eat peanut", "butter ."],
    ["dan is allergic to milk . there is a dog . we had some tea . dan can not eat", "ice cream ."],
  ])("completes %j, the cue sentences back", async (prompt, completion) => {
    expect((await words(prompt)).symbols.join(" ")).toBe(completion);
    expect((await words(prompt, { beam: 4 })).symbols.join(" ")).toBe(completion);
  });

  it("goes on to the full length where nothing stops it, with a beam too", async () => {
    expect((await words("carol", { beam: 3, stop: "xyzzy", most: 7 })).symbols).toHaveLength(7);
  });

  it("draws the same symbols from the same seed, others from another, and ends after so many", async () => {
    const draw = async (seed: number) => {
      const { symbols } = await generate({
        pipeline: shipped("phrases"),
        prompt: ["."],
        most: 40,
        temperature: 1,
        seed,
      });
      return symbols;
    };
    const first = await draw(1);
    expect(first).toHaveLength(40);
    expect(await draw(1)).toEqual(first);
    expect(await draw(2)).not.toEqual(first);
  });

  it("counts symbols that the network does not know", async () => {
    expect((await words("carol was feeling xyzzy under the")).unknown).toBe(1);
  });

  it("refuses a pipeline that names something else", async () => {
    await expect(words("a", { pipeline: shipped("opinions") })).rejects.toThrow(
      'Cannot generate with pipeline "opinions": expected one symbol as its feature, which is its class one event ahead',
    );
  });

  it("eddy generate prints prompt and text", async () => {
    const pipeline = join(root, "pipelines/phrases.yaml");
    const { stdout } = await eddy(
      "generate",
      pipeline,
      ...["--words", "--prompt", "erin is over", "--temperature", "0", "--stop", "."],
    );
    expect(stdout).toBe("erin is over the moon .\n");
  });
});
