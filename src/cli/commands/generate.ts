import { Command, InvalidArgumentError } from "commander";
import { type Generable, generate, speaksInSets, writesTexts, writeText } from "../../runtime/index.js";
import type { Pipeline, PipelineSearch } from "../../spec/index.js";
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

/** Symbols that a language model makes unless it is told otherwise. */
const MOST = 100;

/** `eddy generate`: a language model goes on from a prompt, or a decoder writes the text of one. */
export function generateCommand(): Command {
  return new Command("generate")
    .description(
      "let a language model go on from a prompt: a pipeline whose target is the next event's symbol, or set of symbols; or let one whose target is a text write it of the prompt",
    )
    .argument("<pipeline>", "pipeline file (YAML)")
    .option(
      "--prompt <text>",
      "to go on from, or to read; of sets: symbols with spaces, sets with commas between them",
      "",
    )
    .option("--words", "symbols are words, with spaces between them (default: characters)")
    .option("--most <n>", `symbols to make (default: ${MOST}, or as the pipeline says)`, positiveInteger)
    .option(
      "--temperature <t>",
      "0: always the likeliest; 1: as the network says (default: 1, or as the pipeline says)",
      temperature,
    )
    .option(
      "--beam <n>",
      "beam search for the likeliest text: n are gone on with at every step",
      positiveInteger,
    )
    .option("--stop <symbol>", "the symbol that ends it")
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
  const { words = false, most = MOST, beam, stop, seed } = options;
  if (options.temperature !== undefined && beam !== undefined) {
    throw wrongUse("Cannot search with --beam and draw with --temperature: expected one of them");
  }
  if (writesTexts(pipeline)) return write(pipeline, options);
  const isOfSets = speaksInSets(pipeline);
  const prompt = isOfSets ? setsIn(options.prompt) : words ? wordsIn(options.prompt) : [...options.prompt];
  const { symbols, unknown } = await generate({
    pipeline,
    prompt,
    most,
    temperature: options.temperature ?? 1,
    ...(beam === undefined ? {} : { beam }),
    ...(stop === undefined ? {} : { stop }),
    seed,
  });
  const text = symbols.map(shown).join(isOfSets ? ", " : words ? " " : "");
  const gap = options.prompt === "" ? "" : isOfSets ? ", " : words ? " " : "";
  if (options.json) {
    const sets = isOfSets ? { sets: symbols } : {};
    console.log(JSON.stringify({ type: "result", prompt: options.prompt, text, ...sets, unknown }));
  } else console.log(`${options.prompt}${gap}${text}`);
  sayUnknown(unknown, options);
}

/** A pipeline whose target is a text. */
async function write(pipeline: Pipeline, options: GenerateCommandOptions): Promise<void> {
  const { prompt, words = false, most, stop } = options;
  if (stop !== undefined) throw wrongUse("Cannot stop a text at --stop: expected none, it ends by itself");
  const search = searchOf(options);
  const { text, unknown } = await writeText({
    pipeline,
    prompt,
    split: words ? "words" : "characters",
    ...(most === undefined ? {} : { most }),
    ...(search === undefined ? {} : { search }),
  });
  console.log(options.json ? JSON.stringify({ type: "result", prompt, text, unknown }) : text);
  sayUnknown(unknown, options);
}

/** undefined: as the pipeline says */
function searchOf({ temperature, beam, seed }: GenerateCommandOptions): PipelineSearch | undefined {
  if (beam !== undefined) return { kind: "beam", width: beam };
  if (temperature === undefined) return undefined;
  return temperature === 0 ? { kind: "greedy" } : { kind: "sample", temperature, seed };
}

function sayUnknown(unknown: number, { json }: GenerateCommandOptions): void {
  if (unknown > 0 && !json) console.error(`${unknown} symbols of the prompt are unknown to the network`);
}

function wordsIn(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** `60 64, 62` are two sets; between two commas with nothing between them stands one of nothing. */
function setsIn(text: string): string[][] {
  return text.trim() === "" ? [] : text.split(",").map(wordsIn);
}

function shown(one: Generable): string {
  return typeof one === "string" ? one : one.join(" ");
}

function temperature(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && Number.isFinite(value)) || text.trim() === "") {
    throw new InvalidArgumentError("Expected a number from 0.");
  }
  return value;
}
