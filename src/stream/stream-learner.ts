import type { CellKind } from "../cells/index.js";
import { type ByteReader, ByteWriter, type LogEntry, type StreamEvent } from "../core/index.js";
import {
  type Evidence,
  NO_EVIDENCE,
  type TendedSequence,
  type TendJob,
  type TendResult,
  type TrainingJob,
  type TrainingProgress,
  type TrainingResult,
  type TuningReport,
} from "../training/index.js";
import type { Trainer } from "./trainer.js";
import {
  readSequences,
  TrainingMemory,
  type TrainingShape,
  unusedInputs,
  writeSequences,
} from "./training-memory.js";

export interface LearningOptions {
  readonly cell: CellKind;
  readonly hidden: number;
  readonly layers: number;
  readonly members: number;
  readonly seed: number;
  readonly tbptt: readonly [number, number];
  readonly shape: TrainingShape;
  readonly horizons: readonly number[];
  /** The first network is trained on the first `events` events and takes effect `lead` events later. */
  readonly coldStart: { readonly events: number; readonly lead: number };
  /** Fine-tuning, when the pipeline asks for it, every so many events or so much event time. */
  readonly fineTune: { readonly events: number } | { readonly ms: number } | undefined;
  /** Share of one core that fine-tuning may take, in (0, 1]; a first training, for which the stream waits, takes all. */
  readonly budget: number;
  /** The stream waits for tending too, so that results don't depend on how fast this machine is: a recording's does. */
  readonly isPatient?: boolean;
  /** A log is repeated: no tending takes effect but what stands in it. */
  readonly followsLog?: boolean;
  readonly trainer: Trainer;
  readonly onLearning?: (report: LearningReport) => void;
}

/** What people are told of learning. */
export type LearningReport =
  | { readonly kind: "collecting"; readonly events: number; readonly of: number }
  | { readonly kind: "training"; readonly position: number; readonly events: number }
  | { readonly kind: "progress"; readonly progress: TrainingProgress }
  | {
      /** `learned`: what is in service stays, its apprentice was judged and perhaps fine-tuned. */
      readonly kind: "checkpoint" | "rejected" | "rolled-back" | "learned";
      readonly position: number;
      readonly why: string;
      readonly model: string;
      readonly tuning?: TuningReport;
    };

/** A first training, which the stream waits for, or tending, which it doesn't. */
type Work =
  | { readonly kind: "first"; readonly job: TrainingJob; readonly effectAt: number }
  | { readonly kind: "tend"; readonly job: TendJob };

/** What matters here of how work ended. */
interface Outcome {
  readonly kind: "checkpoint" | "rejected" | "rolled-back" | "learned";
  /** `forecasterToBytes` of what comes into service; empty if nothing does. */
  readonly forecaster: Uint8Array;
  readonly why: string;
  readonly tended?: Pick<TendResult, "apprentice" | "evidence" | "regrets" | "tuning">;
}

interface Pending {
  readonly work: Work;
  ending: Promise<Outcome> | undefined;
  outcome: Outcome | undefined;
}

/** A forecaster with its name: `gru-3`. */
interface Named {
  readonly model: string;
  readonly bytes: Uint8Array;
}

const NOTHING: Named = { model: "naive", bytes: new Uint8Array(0) };
/** Events kept for training, in cold starts. */
const KEPT = 8;
/** What is in service is judged every so many events at least, or every quarter of the time between tunings. */
const JUDGED_EVERY = 96;

/**
 * The part of a pipeline that learns: it remembers events, plans trainings, and says what comes into service
 * and when.
 *
 * *Cold start*: at event s a first forecaster is trained on the first s events; it takes effect before event
 * s + L, and if it isn't ready by then the stream waits. If it is no better than persistence on the last fifth
 * of those events it is rejected, and tried again at 2 s, 4 s, ... So a bare file replays like the live run.
 *
 * *Fine-tuning*: an apprentice goes on learning from the forecaster in service on, and is judged on events it
 * has not seen (see `tend`); the stream never waits for it. Where its work took effect is an entry in the log.
 * When the journal is stepped again the same work is done at the same place, and waited for where the log
 * says that it took effect.
 */
export class StreamLearner {
  readonly #options: LearningOptions;
  readonly #memory: TrainingMemory;
  #service = NOTHING;
  /** What the one in service replaced; `NOTHING` if it can't come back. */
  #previous = NOTHING;
  #generation = 0;
  /** `apprenticeToBytes`; empty: it begins as what is in service. */
  #apprentice: Uint8Array = new Uint8Array(0);
  #evidence: Evidence = NO_EVIDENCE;
  #regrets: Evidence = NO_EVIDENCE;
  /** Events learned from so far, and their newest time. */
  #seen = 0;
  #newest = Number.NEGATIVE_INFINITY;
  /** When the next training or tuning starts: count of events; by time, ms. */
  #next: number;
  #judgedAt = { seen: 0, ms: Number.NEGATIVE_INFINITY };
  /** Makes every tuning's random numbers its own. */
  #tunings = 0;
  #pending: Pending | undefined;

  constructor(options: LearningOptions) {
    this.#options = options;
    this.#memory = new TrainingMemory(options.shape, KEPT * options.coldStart.events);
    this.#next = options.coldStart.events;
  }

  /** What is in service: `forecasterToBytes`, empty while there is none. */
  get service(): Named {
    return this.#service;
  }

  get isFresh(): boolean {
    return this.#seen === 0 && !this.#serves;
  }

  get #serves(): boolean {
    return this.#service.bytes.length > 0;
  }

  /**
   * What takes effect before the event at a position; a promise when the stream has to wait.
   *
   * @param recorded the next entry of the log, while the journal is stepped again
   */
  decisionBefore(position: number, recorded: LogEntry | undefined): LogEntry | Promise<LogEntry> | undefined {
    const pending = this.#pending;
    if (recorded !== undefined) {
      if (recorded.position > position) return undefined;
      const isRepeated = pending?.work.kind === "tend" && pending.outcome === undefined;
      return isRepeated ? this.#start(pending).then(() => recorded) : recorded;
    }
    if (pending === undefined) return undefined;
    if (pending.work.kind === "tend" && this.#options.followsLog === true) return undefined;
    const ending = this.#start(pending);
    if (pending.work.kind === "first" && position < pending.work.effectAt) return undefined;
    if (pending.outcome) return this.#entry(pending.outcome, position);
    return pending.work.kind === "tend" && this.#options.isPatient !== true
      ? undefined
      : ending.then((outcome) => this.#entry(outcome, position));
  }

  #start(pending: Pending): Promise<Outcome> {
    const { trainer, onLearning, budget } = this.#options;
    const { work } = pending;
    const run = (): Promise<Outcome> =>
      work.kind === "first"
        ? trainer
            .train(work.job, (progress) => onLearning?.({ kind: "progress", progress }), 1)
            .then(firstOutcome)
        : trainer.tend(work.job, budget).then(tendOutcome);
    pending.ending ??= run()
      // Work that fails is work that brought nothing: the stream goes on with what it has.
      .catch((error: unknown): Outcome => {
        const why = error instanceof Error ? error.message : String(error);
        return { kind: work.kind === "first" ? "rejected" : "learned", forecaster: new Uint8Array(0), why };
      })
      .then((outcome) => {
        pending.outcome = outcome;
        return outcome;
      });
    return pending.ending;
  }

  #entry({ kind, forecaster, why }: Outcome, position: number): LogEntry {
    const model =
      kind === "checkpoint"
        ? `${this.#options.cell}-${this.#generation + 1}`
        : kind === "rolled-back"
          ? this.#previous.model
          : this.#service.model;
    const body = new ByteWriter().text(model);
    if (forecaster.length > 0) body.bytes(forecaster);
    return { position, slot: "learner", kind, why, body: body.finish() };
  }

  /** Lets an entry take effect. */
  take(entry: LogEntry, body: ByteReader): void {
    const model = body.text();
    const tended = this.#pending?.outcome?.tended;
    this.#pending = undefined;
    if (tended) {
      this.#apprentice = tended.apprentice;
      this.#evidence = tended.evidence;
      this.#regrets = tended.regrets;
    }
    const wasFirst = !this.#serves;
    if (entry.kind === "checkpoint") {
      this.#previous = this.#service;
      this.#service = { model, bytes: body.bytes() };
      this.#generation++;
      if (wasFirst) this.#next = this.#options.fineTune ? 0 : Number.POSITIVE_INFINITY;
      if (this.#options.fineTune === undefined) this.#memory.clear();
      else if (wasFirst) this.#memory.markJudged();
    } else if (entry.kind === "rolled-back") {
      this.#service = { model, bytes: body.bytes() };
      this.#previous = NOTHING;
    } else if (wasFirst) {
      this.#next *= 2;
    }
    this.#options.onLearning?.({
      kind: entry.kind as Outcome["kind"],
      position: entry.position,
      why: entry.why,
      model,
      ...(tended?.tuning ? { tuning: tended.tuning } : {}),
    });
  }

  /** Remembers an event that was stepped, and begins what is due. */
  learn(event: StreamEvent): void {
    const { coldStart, fineTune, onLearning } = this.#options;
    if (this.#serves && fineTune === undefined) return;
    this.#memory.add(event);
    this.#seen++;
    this.#newest = Math.max(this.#newest, event.sample.time);
    if (!this.#serves && this.#seen <= this.#next) {
      onLearning?.({ kind: "collecting", events: this.#seen, of: this.#next });
    }
    if (this.#pending !== undefined) return;
    const work = this.#serves ? this.#tending() : this.#firstTraining(event.position + coldStart.lead);
    if (work === undefined) return;
    this.#pending = { work, ending: undefined, outcome: undefined };
    const { events } = this.#memory;
    if (work.kind === "first") onLearning?.({ kind: "training", position: event.position, events });
  }

  #firstTraining(effectAt: number): Work | undefined {
    if (this.#seen < this.#next) return undefined;
    const { seed } = this.#options;
    const unused = unusedInputs(this.#options.shape, this.#memory.spanMs);
    return { kind: "first", job: this.#trainingJob(seed, this.#memory.sequences(), unused), effectAt };
  }

  #trainingJob(seed: number, sequences: TrainingJob["sequences"], unused: readonly number[]): TrainingJob {
    const { cell, hidden, layers, members, tbptt, horizons, shape } = this.#options;
    const { inputs, targets } = shape;
    return { seed, cell, hidden, layers, members, inputs, targets, horizons, tbptt, sequences, unused };
  }

  /** Judging, and tuning if that is due too. */
  #tending(): Work | undefined {
    const { fineTune } = this.#options;
    if (fineTune === undefined) return undefined;
    const isByTime = "ms" in fineTune;
    const now = isByTime ? this.#newest : this.#seen;
    const interval = isByTime ? fineTune.ms : fineTune.events;
    const isTuning = now >= this.#next;
    const since = isByTime ? now - this.#judgedAt.ms : now - this.#judgedAt.seen;
    const isJudging = this.#seen - this.#judgedAt.seen >= JUDGED_EVERY && since >= interval / 4;
    if (!isTuning && !isJudging) return undefined;
    this.#judgedAt = { seen: this.#seen, ms: this.#newest };
    if (isTuning) this.#next = now + interval;
    const seed = this.#options.seed + ++this.#tunings;
    const unused = unusedInputs(this.#options.shape, this.#memory.spanMs);
    const tune = isTuning ? { seed, unused } : undefined;
    return { kind: "tend", job: this.#tendJob(this.#memory.takeTended(), tune) };
  }

  #tendJob(sequences: readonly TendedSequence[], tune: TendJob["tune"]): TendJob {
    return {
      targets: this.#options.shape.targets,
      horizons: this.#options.horizons,
      sequences,
      service: this.#service.bytes,
      ...(this.#apprentice.length > 0 ? { apprentice: this.#apprentice } : {}),
      ...(this.#previous.bytes.length > 0 ? { previous: this.#previous.bytes } : {}),
      evidence: this.#evidence,
      regrets: this.#regrets,
      ...(tune ? { tune } : {}),
    };
  }

  /** As before the first event: the next cold start begins with the next one. */
  forget(): void {
    this.#service = NOTHING;
    this.#previous = NOTHING;
    this.#generation = 0;
    this.#apprentice = new Uint8Array(0);
    this.#evidence = NO_EVIDENCE;
    this.#regrets = NO_EVIDENCE;
    this.#seen = 0;
    this.#newest = Number.NEGATIVE_INFINITY;
    this.#next = this.#options.coldStart.events;
    this.#judgedAt = { seen: 0, ms: Number.NEGATIVE_INFINITY };
    this.#tunings = 0;
    this.#pending = undefined;
    this.#memory.clear();
  }

  write(to: ByteWriter): void {
    for (const { model, bytes } of [this.#service, this.#previous]) to.text(model).bytes(bytes);
    to.u32(this.#generation).bytes(this.#apprentice);
    for (const { service, candidate, naive } of [this.#evidence, this.#regrets]) {
      to.f64s(service).f64s(candidate).f64s(naive);
    }
    to.f64(this.#seen).f64(this.#newest).f64(this.#next);
    to.f64(this.#judgedAt.seen).f64(this.#judgedAt.ms).u32(this.#tunings);
    this.#memory.write(to);
    this.#writePending(to);
  }

  #writePending(to: ByteWriter): void {
    const work = this.#pending?.work;
    to.u8(work === undefined ? 0 : work.kind === "first" ? 1 : 2);
    if (work === undefined) return;
    if (work.kind === "first") {
      to.f64(work.effectAt)
        .f64(work.job.seed)
        .f64s(work.job.unused ?? []);
      writeSequences(
        work.job.sequences.map((sequence) => ({ ...sequence, fresh: 0, intervalMs: 0 })),
        to,
      );
      return;
    }
    const { tune, sequences } = work.job;
    to.u8(tune ? 1 : 0);
    if (tune) to.f64(tune.seed).f64s(tune.unused);
    writeSequences(sequences, to);
  }

  read(from: ByteReader): void {
    const named = (): Named => ({ model: from.text(), bytes: from.bytes() });
    const evidence = (): Evidence => ({
      service: [...from.f64s()],
      candidate: [...from.f64s()],
      naive: [...from.f64s()],
    });
    this.#service = named();
    this.#previous = named();
    this.#generation = from.u32();
    this.#apprentice = from.bytes();
    this.#evidence = evidence();
    this.#regrets = evidence();
    this.#seen = from.f64();
    this.#newest = from.f64();
    this.#next = from.f64();
    this.#judgedAt = { seen: from.f64(), ms: from.f64() };
    this.#tunings = from.u32();
    this.#memory.read(from);
    const work = this.#readWork(from);
    this.#pending = work && { work, ending: undefined, outcome: undefined };
  }

  #readWork(from: ByteReader): Work | undefined {
    const kind = from.u8();
    if (kind === 0) return undefined;
    if (kind === 1) {
      const effectAt = from.f64();
      const seed = from.f64();
      const unused = [...from.f64s()];
      return { kind: "first", job: this.#trainingJob(seed, readSequences(from), unused), effectAt };
    }
    const tune = from.u8() === 1 ? { seed: from.f64(), unused: [...from.f64s()] } : undefined;
    return { kind: "tend", job: this.#tendJob(readSequences(from), tune) };
  }
}

function firstOutcome({ accepted, forecaster, why }: TrainingResult): Outcome {
  return accepted
    ? { kind: "checkpoint", forecaster, why }
    : { kind: "rejected", forecaster: new Uint8Array(0), why };
}

function tendOutcome({ decision, forecaster, why, ...tended }: TendResult): Outcome {
  const kind = { promoted: "checkpoint", "rolled-back": "rolled-back", none: "learned" } as const;
  return { kind: kind[decision], forecaster, why, tended };
}
