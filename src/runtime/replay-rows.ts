import type { Note, Prediction, StreamEvent } from "../core/index.js";
import type { Pipeline, PipelineSupervised } from "../spec/index.js";
import { stepMessage } from "../stream/index.js";

/** A list stands in CSV as JSON. */
type Cell = string | number | null | readonly unknown[];

/** A row of replay's output: the input's own columns, then Eddy's, in order. */
export type ReplayRow = Readonly<Record<string, Cell>>;

const PER_TARGET = ["forecast", "lower", "upper", "residual"] as const;

/** Eddy's columns of every row, in order; remembers whose alerts are open, for rows that are not stepped. */
export class OutcomeRows {
  readonly #pipeline: Pick<Pipeline, "targets" | "supervised" | "sequence">;
  readonly #open = new Set<string>();

  constructor(pipeline: Pick<Pipeline, "targets" | "supervised" | "sequence">) {
    this.#pipeline = pipeline;
  }

  /** @param outcome an event that was stepped or not, or why a row made none */
  row(outcome: StreamEvent | Note): ReplayRow {
    if (typeof outcome === "string") return this.#columns(undefined, false, null, outcome);
    const { key } = outcome.sample;
    if (outcome.prediction?.alert) this.#open.add(key);
    else if (outcome.prediction) this.#open.delete(key);
    const change = outcome.change?.state ?? null;
    return this.#columns(outcome.prediction, this.#open.has(key), change, outcome.note);
  }

  #columns(prediction: Prediction | undefined, isOpen: boolean, change: Cell, note: Note | ""): ReplayRow {
    const { targets, supervised, sequence } = this.#pipeline;
    // A network that reads both ways tells what the steps were when their sequence has ended.
    const hasSteps = supervised?.at === "step" && (sequence.end ?? sequence.voice) !== undefined;
    return {
      ...(supervised === undefined
        ? forecastColumns(targets, prediction)
        : inferenceColumns(supervised, prediction)),
      ...(hasSteps ? { steps: prediction?.steps?.map(stepMessage) ?? null } : {}),
      score: prediction?.score ?? null,
      alert: isOpen ? 1 : 0,
      event: change,
      note: note === "" ? null : note,
    };
  }
}

const INFERRED = {
  class: ["label", "probability"],
  value: ["estimate"],
  symbols: ["symbols", "probabilities"],
  text: ["text", "probability"],
} as const;

function inferenceColumns({ kind }: PipelineSupervised, prediction: Prediction | undefined): ReplayRow {
  const inference: Readonly<Record<string, Cell>> = { ...prediction?.inference };
  return Object.fromEntries(INFERRED[kind].map((name) => [name, inference[name] ?? null]));
}

function forecastColumns(targets: readonly string[], prediction: Prediction | undefined): ReplayRow {
  const columns: Record<string, Cell> = {};
  for (const name of PER_TARGET) {
    for (const [index, target] of targets.entries()) {
      columns[targets.length === 1 ? name : `${name}.${target}`] = prediction?.targets[index]?.[name] ?? null;
    }
  }
  return columns;
}

/** Writes rows as CSV (RFC 4180) with a header, or as NDJSON. Numbers in the shortest form that reads back the same. */
export class RowWriter {
  readonly #format: "csv" | "ndjson";
  readonly #write: (text: string) => void;
  #hasHeader = false;

  constructor(format: "csv" | "ndjson", write: (text: string) => void) {
    this.#format = format;
    this.#write = write;
  }

  row(row: ReplayRow): void {
    if (this.#format === "ndjson") {
      this.#write(`${JSON.stringify(row)}\n`);
      return;
    }
    if (!this.#hasHeader) {
      this.#hasHeader = true;
      this.#write(`${Object.keys(row).map(csvCell).join(",")}\n`);
    }
    this.#write(`${Object.values(row).map(csvCell).join(",")}\n`);
  }
}

function csvCell(value: Cell): string {
  if (value === null) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
