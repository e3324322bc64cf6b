import { Command, InvalidArgumentError } from "commander";
import { type Generable, generate, speaksInSets } from "../../runtime/index.js";
import { nonNegativeInteger, positiveInteger } from "../option-values.js";
import { MODELS_OPTION, readPipelines } from "../pipeline-files.js";

interface GenerateCommandOptions {
  readonly prompt: string;
  readonly words?: boolean;
  readonly most: number;
  readonly temperature: number;
  readonly stop?: string;
  readonly seed: number;
  readonly models?: string;
  readonly json?: boolean;
}

/** `eddy generate`: a language model goes on from a prompt. */
export function generateCommand(): Command {
  return new Command("generate")
    .description(
      "let a language model go on from a prompt: a pipeline whose target is the next event's symbol, or set of symbols",
    )
    .argument("<pipeline>", "pipeline file (YAML)")
    .option(
      "--prompt <text>",
      "to go on from; of sets: symbols with spaces, sets with commas between them",
      "",
    )
    .option("--words", "symbols are words, with spaces between them (default: characters)")
    .option("--most <n>", "symbols to make", positiveInteger, 100)
    .option("--temperature <t>", "0: always the likeliest; 1: as the network says", temperature, 1)
    .option("--stop <symbol>", "the symbol that ends it")
    .option("--seed <n>", "of the random numbers", nonNegativeInteger, 1)
    .option(...MODELS_OPTION)
    .option("--json", "one JSON object, for machines")
    .addHelpText(
      "after",
      '\nExample:\n  eddy generate pipelines/phrases.yaml --words --prompt "carol was feeling" --temperature 0 --stop .',
    )
    .action(run);
}

async function run(file: string, options: GenerateCommandOptions): Promise<void> {
  const [pipeline] = await readPipelines([file], options);
  if (pipeline === undefined) return;
  const { words = false, most, stop, seed } = options;
  const isOfSets = speaksInSets(pipeline);
  const prompt = isOfSets ? setsIn(options.prompt) : words ? wordsIn(options.prompt) : [...options.prompt];
  const { symbols, unknown } = await generate({
    pipeline,
    prompt,
    most,
    temperature: options.temperature,
    ...(stop === undefined ? {} : { stop }),
    seed,
  });
  const text = symbols.map(shown).join(isOfSets ? ", " : words ? " " : "");
  const gap = options.prompt === "" ? "" : isOfSets ? ", " : words ? " " : "";
  if (options.json) {
    const sets = isOfSets ? { sets: symbols } : {};
    console.log(JSON.stringify({ type: "result", prompt: options.prompt, text, ...sets, unknown }));
  } else console.log(`${options.prompt}${gap}${text}`);
  if (unknown > 0 && !options.json)
    console.error(`${unknown} symbols of the prompt are unknown to the network`);
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
