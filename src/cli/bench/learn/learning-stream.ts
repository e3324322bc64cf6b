import { Delivery, type Request, type Stage, type StreamEvent, streamEvent } from "../../../core/index.js";
import { makeStages } from "../../../runtime/index.js";
import { type Pipeline, parsePipeline } from "../../../spec/index.js";
import { type LearningReport, stepThrough, type Trainer } from "../../../stream/index.js";
import { type TendedSequence, tend, trainForecaster } from "../../../training/index.js";

/** Records of a day. */
export const DAY = 144;
const INTERVAL_MS = 600_000;
/** It decides which hours the calendar's inputs say, and no more. */
const FIRST_MS = Date.UTC(2026, 0, 1);

/** What came into service, or was judged, and before which record. */
export interface Told {
  /** Records stepped before, from the stream's begin. */
  readonly at: number;
  readonly report: LearningReport;
}

/**
 * A stream of one key through a pipeline's real stages, as `eddy replay --learn` steps them: a pipeline that names
 * only its field, a record every ten minutes, fine-tuned every two days of event time. Training happens in place, and the stream waits for
 * it: the same seed and values give the same results.
 */
export class LearningStream {
  /** [records] |value - forecast|; NaN where there was no forecast. */
  readonly errors: number[] = [];
  readonly told: Told[] = [];
  /** Forecaster of the newest training, taken into service or not; then of the newest promotion by the gate. */
  made: Uint8Array | undefined;
  /** What the gate let in, and in whose place: `forecasterToBytes`. */
  readonly promotions: { readonly before: Uint8Array; readonly after: Uint8Array }[] = [];
  /** Fine-tunings: each makes another candidate. */
  tunings = 0;
  #stages: readonly Stage[] = [];

  private constructor() {}

  /** @param learns false: its first network stays (frozen) */
  static async start(seed: number, learns: boolean): Promise<LearningStream> {
    const stream = new LearningStream();
    const engines = { trainer: stream.#trainer(), fineTunes: learns, isPatient: learns };
    stream.#stages = await makeStages(pipelineOf(seed), engines, (report) => {
      stream.told.push({ at: stream.errors.length, report });
    });
    return stream;
  }

  #trainer(): Trainer {
    return {
      train: async (job) => {
        const result = trainForecaster(job);
        this.made = result.forecaster;
        return result;
      },
      tend: async (job) => {
        const result = tend(job);
        if (result.tuning) this.tunings++;
        if (result.decision === "promoted") {
          this.made = result.forecaster;
          this.promotions.push({ before: job.service, after: result.forecaster });
        }
        return result;
      },
    };
  }

  /** The reports of one kind that came before record `until`. */
  of(kind: LearningReport["kind"], until = Number.POSITIVE_INFINITY): readonly Told[] {
    return this.told.filter(({ at, report }) => report.kind === kind && at < until);
  }

  /** Steps values, each in a batch of its own. */
  async step(values: Iterable<number>): Promise<void> {
    for (const value of values) {
      const event = await this.#push(this.#stages, value);
      const residual = event.prediction?.targets[0]?.residual ?? null;
      this.errors.push(residual === null ? Number.NaN : Math.abs(residual));
    }
  }

  /** Whether a network forecasts, and no simple rule. */
  get isServed(): boolean {
    const last = this.told.findLast(
      ({ report }) => report.kind === "checkpoint" || report.kind === "retired",
    );
    return last?.report.kind === "checkpoint";
  }

  /** Takes a request in, between two records. */
  async ask(request: Request): Promise<void> {
    await stepThrough(this.#stages, { ...emptyBatch(), requests: [request] });
    if (request.refusal) throw new Error(request.refusal.message);
  }

  /** What a network would see of values to come; no network steps or learns. Ends the stream. */
  async look(values: Iterable<number>): Promise<TendedSequence> {
    const events: StreamEvent[] = [];
    // Sequence and features.
    for (const value of values) events.push(await this.#push(this.#stages.slice(0, 2), value, events.length));
    const rows = (of: (event: StreamEvent) => Float64Array | undefined) =>
      Float64Array.from(events.flatMap((event) => Array.from(of(event) ?? [])));
    return {
      x: rows(({ input }) => input),
      y: rows(({ target }) => target),
      scale: rows(({ scale }) => scale),
      begins: Uint8Array.from(events, (_, t) => (t === 0 ? 1 : 0)),
      fresh: events.length,
      recent: events.length,
      intervalMs: INTERVAL_MS,
    };
  }

  async #push(stages: readonly Stage[], value: number, ahead = 0): Promise<StreamEvent> {
    const time = FIRST_MS + INTERVAL_MS * (this.errors.length + ahead);
    const event = streamEvent({ key: "stream", time, arrival: time, values: { v: value } });
    await stepThrough(stages, { ...emptyBatch(), events: [event] });
    return event;
  }
}

function emptyBatch() {
  return { events: [], requests: [], deadLetters: [], ledger: [], log: [], delivery: new Delivery() };
}

function pipelineOf(seed: number): Pipeline {
  const { pipeline, problems } = parsePipeline(`
name: learn
input: { topics: [learn], key: stream, time: ts }
target: v
model: { seed: ${seed} }
learn: { every: 2d }
`);
  if (pipeline === undefined) throw new Error(problems.map(({ message }) => message).join("; "));
  return pipeline;
}
