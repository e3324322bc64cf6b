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
    prompt,
    split: "words",
    most: 12,
    search: { kind: "greedy" },
    stop: ".",
    ...more,
  });

describe("generate()", () => {
  it.each([
    ["carol was feeling", "under the weather ."],
    ["alice is allergic to nuts . it is late . the sun is out . alice can not eat peanut", "butter ."],
    ["dan is allergic to milk . there is a dog . we had some tea . dan can not eat", "ice cream ."],
  ])("completes %j, the cue sentences back", async (prompt, completion) => {
    expect((await words(prompt)).text).toBe(completion);
    expect((await words(prompt, { search: { kind: "beam", width: 4 } })).text).toBe(completion);
  });

  it("ends a text at its full length where none stops, with a beam too", async () => {
    const search = { kind: "beam", width: 3 } as const;
    const { text } = await words("carol", { search, stop: "xyzzy", most: 7 });
    expect(text.split(" ")).toHaveLength(7);
  });

  it("writes the text of a prompt where the target is one", async () => {
    const write = (prompt: string, more: Partial<GenerateOptions> = {}) =>
      generate({ pipeline: shipped("dates"), prompt, split: "characters", ...more });
    expect(await write("3rd of May 2021")).toEqual({
      text: "2021-05-03",
      split: "characters",
      goesOn: false,
      unknown: 0,
    });
    expect((await write("May 23, 2021 #", { search: { kind: "beam", width: 4 } })).unknown).toBe(1);
    expect((await write("3rd of May 2021", { most: 4 })).text).toBe("2021");
    expect((await write("")).text).toMatch(/^[-0-9]*$/);
  });

  it("draws the same symbols from the same seed, others from another, and ends after so many", async () => {
    const draw = async (seed: number) => {
      const search = { kind: "sample", temperature: 1, seed } as const;
      const { text } = await words(".", { search, most: 40, stop: "none" });
      return text.split(" ");
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
      'Cannot generate with pipeline "opinions": expected one symbol or text as its feature, a target that is a text or the symbol one event ahead',
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
