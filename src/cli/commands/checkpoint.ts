import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import { checkpointToOnnx, findCheckpoint, type Lineage, readLineages } from "../../runtime/index.js";
import { openStoreForReading } from "../../store/index.js";
import { type AskOptions, ask } from "../ask.js";
import { detailOf, entryOf, showDetail, showLineage } from "../checkpoint/show-lineage.js";

interface Options {
  readonly data: string;
  readonly pipeline?: string;
  readonly json?: boolean;
}

/** `eddy checkpoint`: the networks that were ever in service, and why. */
export function checkpointCommand(): Command {
  return new Command("checkpoint")
    .description(
      "see which networks came into service and why, write any as ONNX, exchange the one in service",
    )
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(exportCommand())
    .addCommand(promoteCommand())
    .addCommand(rollbackCommand())
    .addHelpText(
      "after",
      "\nlist, show and export read only, also while Eddy runs on the data directory; promote and rollback ask it." +
        "\nExamples:\n  eddy checkpoint list --data eddy-data\n  eddy checkpoint show gru-2" +
        "\n  eddy checkpoint export gru-2 --output gru-2.onnx",
    );
}

function listCommand(): Command {
  return withOptions(new Command("list"))
    .description("every network that came into service or was rejected, by pipeline, oldest first")
    .option("--json", "one object a line, for machines")
    .addHelpText("after", "\nExample:\n  eddy checkpoint list --data eddy-data --pipeline pump")
    .action(async ({ json, ...options }: Options) => {
      const lineages = await read(options);
      if (!json) {
        console.log(lineages.map(showLineage).join("\n\n") || `${options.data} holds no pipelines yet`);
        return;
      }
      const entries = lineages.flatMap((lineage) => lineage.entries.map((entry) => entryOf(lineage, entry)));
      for (const entry of entries) console.log(JSON.stringify({ type: "entry", ...entry }));
      console.log(JSON.stringify({ type: "result", entries: entries.length }));
    });
}

function showCommand(): Command {
  return withOptions(new Command("show"))
    .description("one of them: cells, sizes, parameters, how it came and went, how it was judged")
    .argument("<model>", "its name, gru-2, or its address")
    .option("--json", "one JSON object, for machines")
    .addHelpText("after", "\nExample:\n  eddy checkpoint show gru-2 --data eddy-data")
    .action(async (model: string, { json, ...options }: Options) => {
      const { lineage, checkpoint } = findCheckpoint(await read(options), model);
      const detail = detailOf(lineage, checkpoint);
      console.log(json ? JSON.stringify({ type: "result", ...detail }) : showDetail(detail));
    });
}

function exportCommand(): Command {
  return withOptions(new Command("export"))
    .description("write one of them as an ONNX file, for a pipeline's model: { file }")
    .argument("<model>", "its name, gru-2, or its address")
    .requiredOption("--output <file>", "where to write it")
    .option("--json", "one JSON object, for machines")
    .addHelpText("after", "\nExample:\n  eddy checkpoint export gru-2 --data eddy-data --output gru-2.onnx")
    .action(async (model: string, { json, output, ...options }: Options & { readonly output: string }) => {
      const { lineage, checkpoint } = findCheckpoint(await read(options), model);
      await writeFile(output, checkpointToOnnx(lineage, checkpoint));
      const { address, parameters } = checkpoint;
      console.log(
        json
          ? JSON.stringify({ type: "result", model: checkpoint.model, address, parameters, file: output })
          : `wrote ${output}: ${checkpoint.model} of pipeline "${lineage.pipeline}" (${parameters} parameters)` +
              `\nuse it:  model: { file: ${output} }`,
      );
    });
}

function promoteCommand(): Command {
  return withOptions(new Command("promote"))
    .description("put one of them into service; it is judged from then on, and rolled back if it errs more")
    .argument("<model>", "its name, gru-2, or its address, also a rejected one's")
    .option("--why <text>", "for the log")
    .option("--json", "one JSON object, for machines")
    .addHelpText(
      "after",
      '\nExample:\n  eddy checkpoint promote gru-2 --why "the new one misses the night shift"',
    )
    .action((model: string, { why, ...options }: AskOptions & { readonly why?: string }) =>
      ask(
        options,
        "promote",
        { model, ...(why === undefined ? {} : { why }) },
        ({ position }) => `${model} is in service, from position ${position} on`,
      ),
    );
}

function rollbackCommand(): Command {
  return withOptions(new Command("rollback"))
    .description("bring back the network that the one in service replaced")
    .option("--why <text>", "for the log")
    .option("--json", "one JSON object, for machines")
    .addHelpText("after", "\nExample:\n  eddy checkpoint rollback --pipeline pump")
    .action(({ why, ...options }: AskOptions & { readonly why?: string }) =>
      ask(
        options,
        "rollback",
        why === undefined ? {} : { why },
        ({ position }) => `the network before is in service again, from position ${position} on`,
      ),
    );
}

function withOptions(command: Command): Command {
  return command
    .option("--data <dir>", "data directory", "eddy-data")
    .option("--pipeline <name>", "only this pipeline's");
}

async function read({ data, pipeline }: Pick<Options, "data" | "pipeline">): Promise<Lineage[]> {
  const store = openStoreForReading(data);
  try {
    return readLineages(store, pipeline);
  } finally {
    await store.close();
  }
}
