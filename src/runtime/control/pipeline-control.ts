import { type Refusal, type Request, request } from "../../core/index.js";
import type { PipelineReader } from "../../store/index.js";
import type { RequestLine } from "../../stream/index.js";
import { readLineage } from "../checkpoints.js";
import { COMMANDS, type CommandName, readBody, readRequest } from "./commands.js";

/** How a request ended. */
export type Answer =
  | ({ readonly ok: true; readonly command: string } & Readonly<Record<string, unknown>>)
  | { readonly ok: false; readonly command: string; readonly error: Refusal };

export interface PipelineControlOptions {
  readonly store: PipelineReader;
  readonly zone: string;
}

/** Keys that one answer lists at most. */
const MOST_KEYS = 1000;

/**
 * What may be asked of a running pipeline. A change takes effect between two events and is answered when it is
 * on disk; a question is answered at once.
 */
export class PipelineControl {
  readonly commands: readonly CommandName[] = COMMANDS;
  readonly #options: PipelineControlOptions;
  #line: RequestLine | undefined;

  constructor(options: PipelineControlOptions) {
    this.#options = options;
  }

  /** The stream takes requests from now on. */
  open(line: RequestLine): void {
    this.#line = line;
  }

  /** Never rejects: what can't be done is answered with the reason. */
  request(command: string, body: unknown): Promise<Answer> {
    return new Promise((resolve) => {
      const taken = this.read(command, body, "", resolve);
      if (taken === undefined) return;
      if (!this.#line?.send(taken)) resolve(notTaken(command));
    });
  }

  /** A request of Eddy's own, which nobody else may make. Never rejects. */
  tell(parts: Pick<Request, "kind" | "key" | "why" | "body">): Promise<Answer> {
    return new Promise((resolve) => {
      const { kind } = parts;
      const told = request({ ...parts, onSettled: (done) => resolve(answerOf(kind, done)) });
      if (!this.#line?.send(told)) resolve(notTaken(kind));
    });
  }

  /**
   * A request for the stream; undefined where it has been answered already.
   *
   * @param id by which a repeat is known; empty: the body may name one
   */
  read(command: string, body: unknown, id: string, onAnswer: (answer: Answer) => void): Request | undefined {
    try {
      const name = COMMANDS.find((one) => one === command);
      if (name === undefined) {
        const message = `Cannot do ${JSON.stringify(command)}: expected one of ${COMMANDS.join(", ")}`;
        onAnswer(refused(command, { code: "NO_SUCH_COMMAND", message }));
        return undefined;
      }
      if (name === "state" || name === "model") {
        onAnswer({ ok: true, command, ...this.#look(name, body) });
        return undefined;
      }
      const onSettled = (done: Request): void => onAnswer(answerOf(command, done));
      return readRequest(name, body, this.#options, { id, onSettled });
    } catch (error) {
      onAnswer(refused(command, refusalOf(error)));
      return undefined;
    }
  }

  #look(name: "state" | "model", body: unknown): Record<string, unknown> {
    const { store } = this.#options;
    if (name === "state") {
      const { key } = readBody("state", body);
      const known = key === undefined ? undefined : store.key(key);
      const keys = key === undefined ? store.keys() : known ? [known] : [];
      const shown = keys.slice(0, MOST_KEYS).map((one) => {
        const [last] = store.lastOutputs(one.key, 1);
        const { score = null, alert = false } = last?.prediction ?? {};
        return { ...one, lastTime: new Date(one.lastTime).toISOString(), score, alert };
      });
      return { keys: shown, count: keys.length };
    }
    readBody("model", body);
    const { service, entries } = readLineage(store);
    const { model = "naive", address = null, parameters = 0 } = service?.checkpoint ?? {};
    return { model, address, parameters, why: service?.why ?? null, decisions: entries.length };
  }
}

function answerOf(command: string, { refusal, position, isRepeated }: Request): Answer {
  if (refusal) return refused(command, refusal);
  return { ok: true, command, ...(isRepeated ? { repeated: true } : { position }) };
}

function notTaken(command: string): Answer {
  const message = `Cannot ${command}: the pipeline takes no requests now`;
  return refused(command, { code: "NOT_RUNNING", message });
}

function refused(command: string, error: Refusal): Answer {
  return { ok: false, command, error };
}

function refusalOf(error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "FAILED";
  return { code, message };
}
