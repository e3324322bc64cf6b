import type { ByteReader, ByteWriter, LogEntry, Refusal, Request, StreamEvent } from "../core/index.js";
import {
  forecasterFromBytes,
  type StarterStep,
  type TendedSequence,
  type TendJob,
  type TrainingJob,
} from "../training/index.js";
import type { Drift } from "./drift-stage.js";
import {
  decisionFromBody,
  decisionToBody,
  failedOutcome,
  firstOutcome,
  type Outcome,
  readWork,
  tendOutcome,
  type Work,
  writeWork,
} from "./learner-work.js";
import type { LearningOptions } from "./learning-options.js";
import { LearningSchedule } from "./learning-schedule.js";
import { readPromotion } from "./model-requests.js";
import { type Named, ServiceRecord } from "./service-record.js";
import { TrainingMemory, unusedInputs } from "./training-memory.js";

interface Pending {
  readonly work: Work;
  ending: Promise<Outcome> | undefined;
  outcome: Outcome | undefined;
}

/** Events kept for training, in cold starts. */
const KEPT = 8;
/** Errors that have grown so many times are another stream's. */
const CHANGE = 1.25;
const ASKED = { trigger: "request" };
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
 * says that it took effect. A network that errs more than simple rules do, and whose apprentice is no better, is
 * retired: the cold start begins again, on what came since the stream changed; the stream doesn't wait for that one.
 *
 * *Asked for*: a checkpoint that is promoted or rolled back by request takes effect at once, and is then judged
 * like any other.
 */
export class StreamLearner {
  readonly #options: LearningOptions;
  readonly #memory: TrainingMemory;
  #service: ServiceRecord;
  #schedule: LearningSchedule;
  #pending: Pending | undefined;

  constructor(options: LearningOptions) {
    this.#options = options;
    this.#memory = new TrainingMemory(options.shape, KEPT * options.coldStart.events);
    this.#service = new ServiceRecord();
    this.#schedule = this.#firstSchedule();
  }

  #firstSchedule(): LearningSchedule {
    const { coldStart, fineTune } = this.#options;
    return new LearningSchedule(coldStart.events, fineTune);
  }

  /** What is in service: `forecasterToBytes`, empty while there is none. */
  get service(): Named {
    return this.#service.current;
  }

  get isFresh(): boolean {
    return this.#schedule.seen === 0 && !this.#service.isServing;
  }

  /** Its network is in service, and no event can change that: it is not to be fine-tuned. */
  get isSettled(): boolean {
    return this.#service.isServing && this.#options.fineTune === undefined && this.#pending === undefined;
  }

  /**
   * What takes effect before the event at a position; a promise when the stream has to wait.
   *
   * @param recorded    the next entry of the log, while the journal is stepped again
   * @param isCommitted the event's outcome is in the store already
   */
  decisionBefore(
    position: number,
    recorded: LogEntry | undefined,
    isCommitted = false,
  ): LogEntry | Promise<LogEntry> | undefined {
    const pending = this.#pending;
    if (recorded !== undefined) {
      if (recorded.position > position) return undefined;
      const isRepeated = pending?.work.kind === "tend" && pending.outcome === undefined;
      return isRepeated ? this.#start(pending).then(() => recorded) : recorded;
    }
    if (pending === undefined) return undefined;
    const isAwaited = this.#isAwaited(pending.work);
    // What was not in the log then did not happen then.
    if (!isAwaited && (isCommitted || this.#options.followsLog === true)) return undefined;
    const ending = this.#start(pending);
    if (pending.work.kind === "first" && position < pending.work.effectAt) return undefined;
    if (pending.outcome) return this.#entry(pending.outcome, position);
    return isAwaited || this.#options.isPatient === true
      ? ending.then((outcome) => this.#entry(outcome, position))
      : undefined;
  }

  /** The very first network takes effect at a place that is known beforehand: the stream waits for it. */
  #isAwaited({ kind }: Work): boolean {
    return kind === "first" && !this.#schedule.hasRestarted;
  }

  #start(pending: Pending): Promise<Outcome> {
    const { trainer, onLearning, budget } = this.#options;
    const { work } = pending;
    // Whoever is waited for takes all.
    const share = this.#isAwaited(work) ? 1 : budget;
    const run = (): Promise<Outcome> =>
      work.kind === "first"
        ? trainer
            .train(work.job, (progress) => onLearning?.({ kind: "progress", progress }), share)
            .then((result) => firstOutcome(result, work.details))
        : trainer.tend(work.job, budget).then((result) => tendOutcome(result, work.details));
    pending.ending ??= run()
      .catch((error: unknown) => failedOutcome(work, error))
      .then((outcome) => {
        pending.outcome = outcome;
        return outcome;
      });
    return pending.ending;
  }

  #entry({ kind, forecaster, why, details }: Outcome, position: number): LogEntry {
    const { current, previous, nextNumber } = this.#service;
    const model =
      kind === "checkpoint"
        ? `${this.#options.cell}-${nextNumber}`
        : kind === "rolled-back"
          ? previous.model
          : current.model;
    return { position, slot: "learner", kind, why, body: decisionToBody({ model, forecaster, details }) };
  }

  /** What it remembers, key by key: simple rules learn from it before they forecast again. */
  recall(): Iterable<StarterStep> {
    return this.#memory.steps();
  }

  /** Lets an entry take effect. */
  take(entry: LogEntry, body: ByteReader): void {
    const { model, forecaster, details } = decisionFromBody(body);
    const tended = this.#pending?.outcome?.tended;
    const wasServing = this.#service.isServing;
    this.#pending = undefined;
    if (tended) this.#service.learned(tended);
    if (entry.kind === "checkpoint") this.#service.promote({ model, bytes: forecaster });
    else if (entry.kind === "rolled-back") this.#service.rollBack({ model, bytes: forecaster });
    else if (entry.kind === "retired") this.#retire();
    else if (!wasServing) this.#schedule.doubleFirst();
    if (!wasServing && this.#service.isServing) this.#begin();
    const kind = entry.kind as Outcome["kind"];
    this.#options.onLearning?.({ kind, position: entry.position, why: entry.why, model, details });
  }

  /** Simple rules forecast again; the next first network learns what came since the stream changed. */
  #retire(): void {
    this.#service.retire();
    this.#schedule.restart(this.#options.coldStart.events);
    this.#memory.keepRecent();
  }

  /** The first network is in service. */
  #begin(): void {
    this.#schedule.begin();
    if (this.#options.fineTune === undefined) this.#memory.clear();
    else this.#memory.markJudged();
  }

  /**
   * Lets what was asked take effect.
   *
   * @returns why it can't
   */
  ask(request: Request): Refusal | undefined {
    switch (request.kind) {
      case "label":
        this.#memory.label(request.key, request.body);
        return undefined;
      case "reset":
        this.#memory.forget(request.key);
        return undefined;
      case "tune":
        return this.#tuneNow();
      case "promote":
        return this.#promote(request);
      case "rollback":
        return this.#rollBack(request);
      default:
        return undefined;
    }
  }

  #tuneNow(): Refusal | undefined {
    if (this.#options.fineTune === undefined) return refusal("tune", "`learn:` in the pipeline", "none");
    if (!this.#service.isServing) return refusal("tune", "a network in service", "none");
    this.#schedule.ask("request");
    return undefined;
  }

  #promote({ body, why, position }: Request): Refusal | undefined {
    const named = readPromotion(body);
    const { model } = named;
    if (model === this.#service.current.model) {
      return refusal("promote", "another than the one in service", model);
    }
    const mismatch = this.#mismatch(named);
    if (mismatch) return mismatch;
    const wasServing = this.#service.isServing;
    this.#pending = undefined;
    this.#service.exchange(named);
    if (!wasServing) this.#begin();
    this.#options.onLearning?.({ kind: "checkpoint", position, why, model, details: ASKED });
    return undefined;
  }

  #rollBack({ why, position }: Request): Refusal | undefined {
    if (!this.#service.canReturn) {
      return refusal("roll back", "a network that was in service before", "none");
    }
    this.#pending = undefined;
    this.#service.startAgain();
    this.#service.rollBack();
    const { model } = this.#service.current;
    this.#options.onLearning?.({ kind: "rolled-back", position, why, model, details: ASKED });
    return undefined;
  }

  #mismatch({ model, bytes }: Named): Refusal | undefined {
    const { shape, horizons } = this.#options;
    const { networks } = forecasterFromBytes(bytes, model);
    const first = networks[0]?.[0]?.shape;
    const words = (i?: number, o?: number, h?: number) => `${i} inputs, ${o} targets, ${h} horizons`;
    const expected = words(shape.inputs, shape.targets, horizons.length);
    const found = words(first?.inputs, first?.outputs, networks.length);
    return found === expected ? undefined : refusal(`promote "${model}"`, expected, found);
  }

  /**
   * The forecasts' errors have changed for good: their means before, and since.
   *
   * @param key whose event told; one that stands still says nothing
   */
  drifted({ before, after }: Drift, key: string): void {
    const { fineTune, tunesOnDrift = false } = this.#options;
    if (!tunesOnDrift || fineTune === undefined || !this.#service.isServing) return;
    if (this.#memory.standsStill(key)) return;
    const isChange = after > CHANGE * before;
    if (after <= before || !this.#schedule.drifted(isChange) || !isChange) return;
    this.#memory.markDrift();
    this.#service.forgetEvidence();
  }

  /** Remembers an event that was stepped, and begins what is due. */
  learn(event: StreamEvent): void {
    const { coldStart, fineTune, onLearning } = this.#options;
    const { isServing } = this.#service;
    if (isServing && fineTune === undefined) return;
    this.#memory.add(event);
    this.#schedule.see(event.sample.time);
    const { collected, wanted } = this.#schedule;
    if (!isServing && collected <= wanted)
      onLearning?.({ kind: "collecting", events: collected, of: wanted });
    if (this.#pending !== undefined) return;
    const work = isServing ? this.#tending() : this.#firstTraining(event.position + coldStart.lead);
    if (work === undefined) return;
    this.#pending = { work, ending: undefined, outcome: undefined };
    const { events } = this.#memory;
    if (work.kind === "first") onLearning?.({ kind: "training", position: event.position, events });
  }

  #firstTraining(effectAt: number): Work | undefined {
    if (!this.#schedule.isFirstDue) return undefined;
    const { seed, shape } = this.#options;
    const unused = unusedInputs(shape, this.#memory.spanMs);
    const details = { seed, trigger: "first", data: this.#memory.extent };
    const job = this.#trainingJob(seed, this.#memory.sequences(), unused);
    return { kind: "first", job, effectAt, details };
  }

  #trainingJob(seed: number, sequences: TrainingJob["sequences"], unused: readonly number[]): TrainingJob {
    const { cell, hidden, layers, members, tbptt, horizons, shape } = this.#options;
    const { inputs, targets, seasons = [] } = shape;
    // A season that the history doesn't hold has no forecast yet.
    const held = seasons.filter((season) => !season.inputs.some((input) => unused.includes(input)));
    return {
      seed,
      cell,
      hidden,
      layers,
      members,
      inputs,
      targets,
      horizons,
      tbptt,
      sequences,
      unused,
      seasons: held,
    };
  }

  /** Judging, and tuning if that is due too. */
  #tending(): Work | undefined {
    const due = this.#schedule.take();
    if (due === undefined) return undefined;
    const { tuning } = due;
    const data = this.#memory.extent;
    const unused = unusedInputs(this.#options.shape, this.#memory.spanMs);
    const sequences = this.#memory.takeTended();
    if (tuning === undefined)
      return { kind: "tend", job: this.#tendJob(sequences, undefined), details: { data } };
    const seed = this.#options.seed + tuning.number;
    const details = { seed, trigger: tuning.trigger, data };
    return { kind: "tend", job: this.#tendJob(sequences, { seed, unused }), details };
  }

  #tendJob(sequences: readonly TendedSequence[], tune: TendJob["tune"]): TendJob {
    const { shape, horizons } = this.#options;
    return {
      targets: shape.targets,
      horizons,
      sequences,
      ...this.#service.tended,
      ...(tune ? { tune } : {}),
    };
  }

  /** As before the first event: the next cold start begins with the next one. */
  forget(): void {
    this.#service = new ServiceRecord();
    this.#schedule = this.#firstSchedule();
    this.#pending = undefined;
    this.#memory.clear();
  }

  write(to: ByteWriter): void {
    this.#service.write(to);
    this.#schedule.write(to);
    this.#memory.write(to);
    writeWork(this.#pending?.work, to);
  }

  read(from: ByteReader): void {
    this.#service = new ServiceRecord().read(from);
    this.#schedule = this.#firstSchedule().read(from);
    this.#memory.read(from);
    const work = readWork(from, {
      first: (seed, sequences, unused) => this.#trainingJob(seed, sequences, unused),
      tend: (sequences, tune) => this.#tendJob(sequences, tune),
    });
    this.#pending = work && { work, ending: undefined, outcome: undefined };
  }
}

function refusal(action: string, expected: string, found: string): Refusal {
  return { code: "NOT_DONE", message: `Cannot ${action}: expected ${expected}, found ${found}` };
}
