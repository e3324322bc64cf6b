import { type CellKind, KernelModel } from "../cells/index.js";
import {
  type Batch,
  ByteReader,
  ByteWriter,
  KeyedState,
  type LogEntry,
  type Stage,
  type StateSlot,
  type StreamEvent,
} from "../core/index.js";
import {
  forecasterFromBytes,
  forecasterGraph,
  type TrainingJob,
  type TrainingProgress,
  type TrainingResult,
  type TrainingSequence,
} from "../training/index.js";
import { HiddenStates } from "./hidden-states.js";
import { RecentInputs } from "./recent-inputs.js";
import {
  readSequences,
  TrainingMemory,
  type TrainingShape,
  unusedInputs,
  writeSequences,
} from "./training-memory.js";

/** Trains networks somewhere else than on the event path: in a worker thread, or at once in a test. */
export interface Trainer {
  /** @param budget share of one core that this kind of job may take on average, in (0, 1] */
  train(
    job: TrainingJob,
    onProgress: (progress: TrainingProgress) => void,
    budget: number,
  ): Promise<TrainingResult>;
}

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
  readonly trainer: Trainer;
  readonly onLearning?: (report: LearningReport) => void;
}

/** What people are told of learning. */
export type LearningReport =
  | { readonly kind: "collecting"; readonly events: number; readonly of: number }
  | { readonly kind: "training"; readonly position: number; readonly events: number }
  | { readonly kind: "progress"; readonly progress: TrainingProgress }
  | {
      readonly kind: "checkpoint" | "rejected";
      readonly position: number;
      readonly why: string;
      readonly model: string;
    };

/** What matters here of how a training ended. */
type Outcome = Pick<TrainingResult, "accepted" | "forecaster" | "why">;

/** A network in the making. */
interface Pending {
  readonly job: TrainingJob;
  /** Position before which it takes effect; undefined: when it is ready (fine-tuning). */
  readonly effectAt: number | undefined;
  training: Promise<Outcome> | undefined;
  outcome: Outcome | undefined;
}

/** Events kept for training, in cold starts. */
const KEPT = 8;

/**
 * Steps the pipeline's own network, and makes it: cold start, then fine-tuning.
 *
 * *Cold start*: the naive baseline forecasts while the first s events are collected; at event s a
 * network is trained on them; it takes effect before event s + L, and if it isn't ready by then the
 * stream waits. If it is no better than persistence on the last fifth of those events it is rejected,
 * and tried again at 2 s, 4 s, ... So a bare file replays like the live run.
 *
 * *Fine-tuning* starts from the network in service and takes effect when it is done. Both are entries
 * in the log, and come from there when the journal is stepped again.
 *
 * Re-warming is lazy: under new weights a key steps its last 64 inputs at its next event.
 *
 * Slots: `hidden` (per key), `inputs` (per key, the newest ones), `learner` (the network in service, what it is
 * trained on, what is under way).
 */
export class LearningCellsStage implements Stage {
  readonly slots: readonly StateSlot[];
  readonly #options: LearningOptions;
  readonly #hidden = new HiddenStates();
  readonly #recent: KeyedState<RecentInputs>;
  readonly #memory: TrainingMemory;
  #network: KernelModel | undefined;
  #networkBytes: Uint8Array = new Uint8Array(0);
  #model = "naive";
  #generation = 0;
  /** Events learned from so far. */
  #seen = 0;
  /** Count of events at which the next training starts; by time: event time, ms. */
  #nextTraining: number;
  #newest = Number.NEGATIVE_INFINITY;
  #pending: Pending | undefined;
  /** Entries of the log still to come while the journal is stepped again. */
  #recorded: LogEntry[] = [];

  constructor(options: LearningOptions) {
    this.#options = options;
    this.#nextTraining = options.coldStart.events;
    this.#memory = new TrainingMemory(options.shape, KEPT * options.coldStart.events);
    const { inputs } = options.shape;
    this.#recent = new KeyedState<RecentInputs>({
      name: "inputs",
      version: 1,
      create: () => new RecentInputs(inputs),
      write: (recent, to) => recent.write(to),
      read: (from) => new RecentInputs(inputs).read(from),
    });
    this.slots = [this.#hidden, this.#recent, this.#learnerSlot()];
  }

  replayLog(entries: readonly LogEntry[]): void {
    this.#recorded = [...entries];
  }

  process(batch: Batch): void | Promise<void> {
    return this.#processFrom(batch, 0);
  }

  #processFrom(batch: Batch, first: number): void | Promise<void> {
    for (let i = first; i < batch.events.length; i++) {
      const event = batch.events[i];
      if (event === undefined) continue;
      const decision = this.#decisionBefore(event.position);
      if (decision instanceof Promise) {
        return decision.then((entry) => {
          this.#take(entry, batch);
          return this.#processFrom(batch, i);
        });
      }
      if (decision) this.#take(decision, batch);
      if (event.note === "" && event.input !== undefined) this.#step(event, event.input);
    }
  }

  /** What changes the network before the event at `position`; a promise when the stream has to wait. */
  #decisionBefore(position: number): LogEntry | Promise<LogEntry> | undefined {
    const recorded = this.#recorded[0];
    if (recorded !== undefined && recorded.position <= position) return recorded;
    const pending = this.#pending;
    if (pending === undefined || recorded !== undefined) return undefined;
    if (pending.effectAt === undefined) {
      this.#train(pending);
      return pending.outcome && this.#entry(pending.outcome, position);
    }
    const training = this.#train(pending);
    if (position < pending.effectAt) return undefined;
    if (pending.outcome) return this.#entry(pending.outcome, position);
    return training.then((outcome) => this.#entry(outcome, position));
  }

  #train(pending: Pending): Promise<Outcome> {
    const { trainer, onLearning, budget } = this.#options;
    const share = pending.effectAt === undefined ? budget : 1;
    pending.training ??= trainer
      .train(pending.job, (progress) => onLearning?.({ kind: "progress", progress }), share)
      // A training that fails is one that brought nothing: the stream goes on with what it has.
      .catch((error: unknown) => ({
        accepted: false,
        forecaster: new Uint8Array(0),
        why: error instanceof Error ? error.message : String(error),
      }))
      .then((outcome) => {
        pending.outcome = outcome;
        return outcome;
      });
    return pending.training;
  }

  #entry(outcome: Outcome, position: number): LogEntry {
    const { accepted, forecaster, why } = outcome;
    const name = `${this.#options.cell}-${this.#generation + 1}`;
    const body = new ByteWriter().text(accepted ? name : this.#model);
    if (accepted) body.bytes(forecaster);
    return {
      position,
      slot: "learner",
      kind: accepted ? "checkpoint" : "rejected",
      why,
      body: body.finish(),
    };
  }

  /** Lets a decision take effect; a new one goes into the log with the batch. */
  #take(entry: LogEntry, batch: Batch): void {
    if (this.#recorded[0] === entry) this.#recorded.shift();
    else batch.log.push(entry);
    const body = new ByteReader(entry.body, `log entry at position ${entry.position}`);
    const model = body.text();
    this.#pending = undefined;
    if (entry.kind === "checkpoint") {
      this.#hidden.clear();
      this.#serve(model, body.bytes());
      this.#generation++;
      if (this.#options.fineTune === undefined) this.#memory.clear();
      this.#plan();
    } else if (this.#network === undefined) {
      this.#nextTraining = 2 * this.#nextTraining;
    } else {
      this.#plan();
    }
    const kind = entry.kind === "checkpoint" ? "checkpoint" : "rejected";
    this.#options.onLearning?.({ kind, position: entry.position, why: entry.why, model });
  }

  #serve(model: string, bytes: Uint8Array): void {
    this.#networkBytes = bytes;
    this.#network =
      bytes.length === 0
        ? undefined
        : new KernelModel(forecasterGraph(forecasterFromBytes(bytes, model)), model);
    this.#hidden.serve(this.#network);
    this.#model = model;
  }

  /** When the next fine-tuning starts. */
  #plan(): void {
    const { fineTune } = this.#options;
    if (fineTune === undefined) this.#nextTraining = Number.POSITIVE_INFINITY;
    else
      this.#nextTraining = "events" in fineTune ? this.#seen + fineTune.events : this.#newest + fineTune.ms;
  }

  #step(event: StreamEvent, input: Float64Array): void {
    const { key } = event.sample;
    const recent = this.#recent.of(key);
    recent.remember(input, event.begins);
    event.model = this.#model;
    const network = this.#network;
    if (network !== undefined) {
      const output = new Float64Array(network.outputs);
      const isWarm = this.#hidden.has(key);
      const slot = this.#hidden.of(key);
      if (event.begins) network.resetState(slot);
      else if (!isWarm) for (const earlier of recent.earlier()) network.stepSlot(output, slot, earlier);
      network.stepSlot(output, slot, input);
      event.output = output;
    }
    this.#learnFrom(event);
  }

  #learnFrom(event: StreamEvent): void {
    const { coldStart, fineTune } = this.#options;
    if (this.#network !== undefined && fineTune === undefined) return;
    this.#memory.add(event);
    this.#seen++;
    this.#newest = Math.max(this.#newest, event.sample.time);
    const isFirst = this.#network === undefined;
    if (isFirst && this.#seen <= this.#nextTraining) {
      this.#options.onLearning?.({ kind: "collecting", events: this.#seen, of: this.#nextTraining });
    }
    const byTime = !isFirst && fineTune !== undefined && "ms" in fineTune;
    const reached = (byTime ? this.#newest : this.#seen) >= this.#nextTraining;
    if (!reached || this.#pending !== undefined) return;
    const job = this.#job(
      this.#options.seed + this.#generation,
      this.#memory.sequences(),
      unusedInputs(this.#options.shape, this.#memory.spanMs),
    );
    const effectAt = isFirst ? event.position + coldStart.lead : undefined;
    this.#pending = { job, effectAt, training: undefined, outcome: undefined };
    this.#options.onLearning?.({ kind: "training", position: event.position, events: this.#memory.events });
  }

  #job(seed: number, sequences: TrainingSequence[], unused: readonly number[]): TrainingJob {
    const { cell, hidden, layers, members, tbptt, horizons, shape } = this.#options;
    const { inputs, targets } = shape;
    const job = { seed, cell, hidden, layers, members, inputs, targets, horizons, tbptt, sequences, unused };
    return this.#network === undefined ? job : { ...job, initial: this.#networkBytes };
  }

  #readPending(from: ByteReader): Pending {
    const seed = from.f64();
    const effectAt = from.f64();
    return {
      job: this.#job(seed, readSequences(from), [...from.f64s()]),
      effectAt: Number.isNaN(effectAt) ? undefined : effectAt,
      training: undefined,
      outcome: undefined,
    };
  }

  get #isFresh(): boolean {
    return this.#seen === 0 && this.#network === undefined;
  }

  /** As before the first event: the next cold start begins with the next one. */
  #forget(): void {
    this.#serve("naive", new Uint8Array(0));
    this.#generation = 0;
    this.#hidden.clear();
    this.#seen = 0;
    this.#nextTraining = this.#options.coldStart.events;
    this.#newest = Number.NEGATIVE_INFINITY;
    this.#pending = undefined;
    this.#memory.clear();
  }

  #learnerSlot(): StateSlot {
    return {
      name: "learner",
      version: 2,
      keys: () => (this.#isFresh ? [] : [""]),
      save: () => {
        if (this.#isFresh) return undefined;
        const to = new ByteWriter();
        to.text(this.#model).bytes(this.#networkBytes).u32(this.#generation);
        to.f64(this.#seen).f64(this.#nextTraining).f64(this.#newest);
        this.#memory.write(to);
        to.u8(this.#pending ? 1 : 0);
        if (this.#pending) {
          const { job, effectAt } = this.#pending;
          to.f64(job.seed).f64(effectAt ?? Number.NaN);
          writeSequences(job.sequences, to);
          to.f64s(job.unused ?? []);
        }
        return to.finish();
      },
      restore: (_key, bytes) => {
        const from = new ByteReader(bytes, `state slot "learner"`);
        this.#serve(from.text(), from.bytes());
        this.#generation = from.u32();
        this.#seen = from.f64();
        this.#nextTraining = from.f64();
        this.#newest = from.f64();
        this.#memory.read(from);
        this.#pending = undefined;
        if (from.u8() === 1) this.#pending = this.#readPending(from);
        from.end();
      },
      reset: () => this.#forget(),
    };
  }
}
