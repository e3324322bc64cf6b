import { Delivery, type Stage, streamEvent } from "../../src/core/index.js";
import { recordedRow } from "../../src/runtime/recording.js";
import { OutcomeRows, type ReplayRow } from "../../src/runtime/replay-rows.js";
import { makeReader } from "../../src/runtime/sample-reader.js";
import { makeStages } from "../../src/runtime/stages.js";
import type { Pipeline } from "../../src/spec/index.js";
import type { PipelineReader, Snapshot } from "../../src/store/index.js";
import { resume, stepThrough, takeSnapshot } from "../../src/stream/index.js";
import { inPlaceTrainer } from "../support/in-place-trainer.js";
import type { KnownEvent } from "./events.js";

/** What an event should have come to: replay's columns, and the alert's id if it changed. */
export interface ExpectedOutcome {
  readonly event: KnownEvent;
  readonly seq: number;
  /** Of the network that forecast; `naive` before the first. */
  readonly model: string;
  readonly row: ReplayRow;
}

const stagesOf = (pipeline: Pipeline): Promise<Stage[]> =>
  makeStages(pipeline, { trainer: inPlaceTrainer(), fineTunes: false, isPatient: true }, () => {});

/** The same pipeline over the same events in this process, without any trouble. */
export class Reference {
  readonly outcomes: ExpectedOutcome[] = [];
  readonly #pipeline: Pipeline;
  readonly #stages: Stage[];
  readonly #rows: OutcomeRows;

  private constructor(pipeline: Pipeline, stages: Stage[]) {
    this.#pipeline = pipeline;
    this.#stages = stages;
    this.#rows = new OutcomeRows(pipeline);
  }

  static async of(pipeline: Pipeline): Promise<Reference> {
    return new Reference(pipeline, await stagesOf(pipeline));
  }

  async step(events: readonly KnownEvent[]): Promise<void> {
    const { reader } = makeReader(this.#pipeline, "recording");
    for (const event of events) {
      const { outcome } = recordedRow({ line: event.n, record: { ...event }, raw: "" }, 0, reader);
      if (!("sample" in outcome)) throw new Error(`Known event ${event.n} is not readable`);
      const own = streamEvent(outcome.sample);
      await stepThrough(this.#stages, {
        events: [own],
        requests: [],
        deadLetters: [],
        ledger: [],
        log: [],
        delivery: new Delivery(),
      });
      this.outcomes.push({ event, seq: own.seq, model: own.model, row: this.#rows.row(own) });
    }
  }

  /** Every slot's bytes after the events so far. */
  state(): Map<string, string> {
    return bytesOf(takeSnapshot(this.#stages, this.outcomes.length));
  }
}

/** Every slot's bytes as a start from this store would have them: its newest snapshot, and the journal after it. */
export async function resumedState(pipeline: Pipeline, store: PipelineReader): Promise<Map<string, string>> {
  const stages = await stagesOf(pipeline);
  const { to } = await resume({ stages, store });
  return bytesOf(takeSnapshot(stages, to));
}

export function bytesOf({ entries }: Snapshot): Map<string, string> {
  return new Map(
    entries
      // When packets came is the box's affair, and another time here.
      .filter(({ slot }) => slot !== "silence")
      .map(
        ({ slot, key, bytes }) => [`${slot} of ${key || "all"}`, Buffer.from(bytes).toString("hex")] as const,
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
