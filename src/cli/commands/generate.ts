import { Command, InvalidArgumentError } from "commander";
import { generate } from "../../runtime/index.js";
import type { PipelineSearch } from "../../spec/index.js";
import { nonNegativeInteger, positiveInteger } from "../option-values.js";
import { MODELS_OPTION, readPipelines } from "../pipeline-files.js";
import { wrongUse } from "../wrong-use.js";

interface GenerateCommandOptions {
  readonly prompt: string;
  readonly words?: boolean;
  readonly most?: number;
  readonly temperature?: number;
  readonly beam?: number;
  readonly stop?: string;
  readonly seed: number;
  readonly models?: string;
  readonly json?: boolean;
}

/** `eddy generate`: a language model goes on from a prompt, or a decoder writes a text of it. */
export function generateCommand(): Command {
  return new Command("generate")
    .description(
      "let a network write: a language model (a pipeline whose class is the next event's symbol) goes on from a prompt; one whose target is a text reads the prompt and writes that",
    )
    .argument("<pipeline>", "pipeline file (YAML)")
    .option("--prompt <text>", "to go on from, or to read", "")
    .option(
      "--words",
      "symbols are words, with spaces between them (default: characters, unless the pipeline says so)",
    )
    .option("--most <n>", "symbols to make (default: 100, or the pipeline's)", positiveInteger)
    .option(
      "--temperature <t>",
      "0: always the likeliest symbol; 1: as the network says (default of language models)",
      temperature,
    )
    .option(
      "--beam <n>",
      "beam search: the likeliest text, of n that are gone on with at every step",
      positiveInteger,
    )
    .option("--stop <symbol>", "the symbol that ends what a language model says")
    .option("--seed <n>", "of the random numbers", nonNegativeInteger, 1)
    .option(...MODELS_OPTION)
    .option("--json", "one JSON object, for machines")
    .addHelpText(
      "after",
      '\nExamples:\n  eddy generate pipelines/phrases.yaml --words --prompt "carol was feeling" --beam 4 --stop .' +
        '\n  eddy generate pipelines/dates.yaml --prompt "3rd of May 2021"',
    )
    .action(run);
}

async function run(file: string, options: GenerateCommandOptions): Promise<void> {
  const [pipeline] = await readPipelines([file], options);
  if (pipeline === undefined) return;
  const { prompt, words = false, most, stop } = options;
  const search = searchOf(options);
  const { text, split, goesOn, unknown } = await generate({
    pipeline,
    prompt,
    split: words ? "words" : "characters",
    ...(most === undefined ? {} : { most }),
    ...(search === undefined ? {} : { search }),
    ...(stop === undefined ? {} : { stop }),
  });
  if (options.json) console.log(JSON.stringify({ type: "result", prompt, text, unknown }));
  else if (!goesOn) console.log(text);
  else console.log(`${prompt}${split === "words" && prompt !== "" ? " " : ""}${text}`);
  if (unknown > 0 && !options.json)
    console.error(`${unknown} symbols of the prompt are unknown to the network`);
}

function searchOf({ temperature, beam, seed }: GenerateCommandOptions): PipelineSearch | undefined {
  if (temperature !== undefined && beam !== undefined) {
    throw wrongUse("Cannot search with --beam and draw with --temperature: expected one of them");
  }
  if (beam !== undefined) return { kind: "beam", width: beam };
  if (temperature === 0) return { kind: "greedy" };
  return temperature === undefined && seed === 1
    ? undefined
    : { kind: "sample", temperature: temperature ?? 1, seed };
}

function temperature(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && Number.isFinite(value)) || text.trim() === "") {
    throw new InvalidArgumentError("Expected a number from 0.");
  }
  return value;
}
