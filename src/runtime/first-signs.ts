import type { Batch, Clock, DeadLetter } from "../core/index.js";
import type { Pipeline } from "../spec/index.js";
import type { Log } from "./log.js";

/** Without any message for so long, something may be wrong with the topics. */
const SILENT_MS = 30_000;
/** So many dead letters without an event, and something may be wrong with the payloads, or with how they are read. */
const LETTERS = 3;
/** Other topics that are named. */
const NAMED = 5;

export interface FirstSignsOptions {
  readonly pipeline: Pipeline;
  readonly clock: Clock;
  readonly log: Log;
  /** Topics on which messages come on the same broker; undefined: nobody can look. */
  readonly lookAround?: (() => Promise<readonly string[]>) | undefined;
}

/**
 * Helps whoever has just set up a pipeline over the usual stumbling blocks: a topic on which nothing comes, payloads
 * that can't be read, a field that is never there. Says once what was expected and what comes instead; silent for good
 * after the first event.
 */
export class FirstSigns {
  readonly #options: FirstSignsOptions;
  #onlineSince: number | undefined;
  #hasEvents = false;
  #letters = 0;
  #saidUnread = false;
  #saidSilent = false;

  constructor(options: FirstSignsOptions) {
    this.#options = options;
  }

  online(): void {
    this.#onlineSince ??= this.#options.clock.now();
  }

  committed({ events, deadLetters }: Pick<Batch, "events" | "deadLetters">): void {
    if (events.length > 0) this.#hasEvents = true;
    this.#letters += deadLetters.length;
    const last = deadLetters.at(-1);
    if (!this.#hasEvents && last && this.#letters >= LETTERS && !this.#saidUnread) this.#sayUnread(last);
  }

  /** Called now and then. @param ignored retained messages that were left out */
  async check(ignored: number): Promise<void> {
    const { clock } = this.#options;
    if (this.#hasEvents || this.#letters > 0 || this.#saidSilent || this.#onlineSince === undefined) return;
    if (clock.now() - this.#onlineSince < SILENT_MS) return;
    this.#saidSilent = true;
    await this.#saySilent(ignored);
  }

  #sayUnread({ topic, reason, detail }: DeadLetter): void {
    this.#saidUnread = true;
    const { pipeline, log } = this.#options;
    const codec = reason === "unreadable" ? `; the pipeline reads them as ${pipeline.input.codec}` : "";
    log.warn(
      `${pipeline.name}: none of the first ${this.#letters} messages could be used; the last, on ${topic}: ${reason}: ${detail}${codec}`,
    );
  }

  async #saySilent(ignored: number): Promise<void> {
    const { pipeline, log, lookAround } = this.#options;
    const none = `${pipeline.name}: no message has come on ${pipeline.input.topics.join(", ")} for ${SILENT_MS / 1000} s`;
    if (ignored > 0) {
      log.warn(`${none}, but for retained ones, which are left out (input.retained: step takes them)`);
      return;
    }
    const seen = await lookAround?.().catch(() => undefined);
    if (seen === undefined) log.warn(none);
    else if (seen.length === 0) log.warn(`${none}, nor on any other topic that Eddy may read`);
    else {
      const more = seen.length > NAMED ? `, and ${seen.length - NAMED} more` : "";
      log.warn(`${none}; on this broker messages come on ${seen.slice(0, NAMED).join(", ")}${more}`);
    }
  }
}
