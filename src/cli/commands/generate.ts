import { Command, InvalidArgumentError } from "commander";
import { generate } from "../../runtime/index.js";
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
      "let a language model go on from a prompt: a pipeline whose class is the next event's symbol",
    )
    .argument("<pipeline>", "pipeline file (YAML)")
    .option("--prompt <text>", "to go on from", "")
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
  const prompt = words ? options.prompt.split(/\s+/).filter((word) => word !== "") : [...options.prompt];
  const { symbols, unknown } = await generate({
    pipeline,
    prompt,
    most,
    temperature: options.temperature,
    ...(stop === undefined ? {} : { stop }),
    seed,
  });
  const text = symbols.join(words ? " " : "");
  if (options.json) console.log(JSON.stringify({ type: "result", prompt: options.prompt, text, unknown }));
  else console.log(`${options.prompt}${words && options.prompt !== "" ? " " : ""}${text}`);
  if (unknown > 0 && !options.json)
    console.error(`${unknown} symbols of the prompt are unknown to the network`);
}

function temperature(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && Number.isFinite(value)) || text.trim() === "") {
    throw new InvalidArgumentError("Expected a number from 0.");
  }
  return value;
}
