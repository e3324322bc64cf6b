import { Command } from "commander";
import { openStoreForReading } from "../../store/index.js";
import { progress } from "../progress.js";
import { dataSections } from "../report/data-report.js";
import { typedCommand, writeReport } from "../report/report-file.js";

interface ReportOptions {
  readonly data: string;
  readonly pipeline?: string;
  readonly output: string;
  readonly json?: boolean;
}

/** `eddy report`: what a data directory holds, as one HTML file with plots. */
export function reportCommand(): Command {
  return new Command("report")
    .description(
      "what a data directory has seen, said and learned: one HTML file with plots, for any browser",
    )
    .option("--data <dir>", "data directory of an Eddy, running or not", "eddy-data")
    .option("--pipeline <name>", "of one pipeline alone (default: of all)")
    .option("--output <file>", "where to write it", "eddy-report.html")
    .option("--json", "end with one JSON object, for machines")
    .addHelpText(
      "after",
      "\nExamples:\n  eddy report --data eddy-data --output monday.html\n  eddy report --pipeline pump-vibration" +
        "\nOf a recording or a training: eddy replay ... --report FILE.html, eddy train ... --report FILE.html",
    )
    .action(run);
}

async function run({ data, pipeline, output, json = false }: ReportOptions): Promise<void> {
  const store = openStoreForReading(data);
  try {
    const bar = progress(process.stderr, { label: "report", total: undefined, unit: "rows", silent: json });
    const { sections, events, alerts } = await dataSections(store, pipeline, (rows) => bar.update(rows));
    const title = pipeline === undefined ? "Eddy report" : `Eddy report: ${pipeline}`;
    await writeReport(output, { title, subtitle: `data directory ${data}`, sections }, typedCommand());
    bar.done(`${events} events, ${alerts} alerts`);
    console.log(json ? JSON.stringify({ type: "result", file: output, events, alerts }) : `wrote ${output}`);
  } finally {
    store.close();
  }
}
