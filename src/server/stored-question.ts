import { readLineage } from "../runtime/index.js";
import type { PipelineReader } from "../store/index.js";
import { lineageNodes } from "./learning-log.js";
import { alertNews, readBoard, readDeadLetters, readHistory } from "./stored.js";

/** What a page asks of what is stored: plain data, for another thread. */
export type StoredQuestion =
  | {
      readonly what: "keys";
      /** Keys that are muted, and until when: their state isn't stored row by row. */
      readonly muted: readonly (readonly [key: string, until: number])[];
    }
  | {
      readonly what: "history";
      readonly key: string;
      readonly before: number | undefined;
      readonly limit: number;
      readonly target: number;
    }
  | { readonly what: "alerts"; readonly limit: number }
  | { readonly what: "dead-letters"; readonly before: number | undefined; readonly limit: number }
  | { readonly what: "checkpoints" };

/** The answer to one, as JSON. @throws what the store says */
export async function answerStored(stored: PipelineReader, question: StoredQuestion): Promise<string> {
  return JSON.stringify(await read(stored, question));
}

function read(stored: PipelineReader, question: StoredQuestion): unknown {
  switch (question.what) {
    case "keys":
      return readBoard(stored, new Map(question.muted));
    case "history":
      return readHistory(stored, question);
    case "alerts":
      return stored.lastAlerts(question.limit).map(alertNews).reverse();
    case "dead-letters":
      return readDeadLetters(stored, question.before, question.limit);
    case "checkpoints":
      return lineages.of(stored);
  }
}

/** Reading a log with all its weights takes a while: it is read again when something was added. */
class Lineages {
  readonly #read = new Map<string, { readonly reached: number; readonly nodes: unknown }>();

  of(stored: PipelineReader): unknown {
    const known = this.#read.get(stored.name);
    const reached = stored.lastPosition();
    const isNews = known === undefined || stored.logEntries(known.reached).length > 0;
    if (!isNews) return known.nodes;
    const nodes = lineageNodes(readLineage(stored));
    // An entry takes effect before the event at its position: one that comes next may stand there.
    this.#read.set(stored.name, { reached, nodes });
    return nodes;
  }
}

const lineages = new Lineages();
