import { type ByteReader, ByteWriter } from "../core/index.js";
import type { TendJob, TendResult, TrainingJob, TrainingResult } from "../training/index.js";
import type { LearningDetails } from "./learning-options.js";
import { readSequences, writeSequences } from "./training-memory.js";

/** A first training, which the stream waits for, or tending, which it doesn't. */
export type Work = {
  /** Why it was begun, and on what. */
  readonly details: LearningDetails;
} & (
  | { readonly kind: "first"; readonly job: TrainingJob; readonly effectAt: number }
  | { readonly kind: "tend"; readonly job: TendJob }
);

/** What matters to the stream of how work ended. */
export interface Outcome {
  readonly kind: "checkpoint" | "rejected" | "rolled-back" | "retired" | "learned";
  /** `forecasterToBytes` of what comes into service, or was rejected; empty if neither. */
  readonly forecaster: Uint8Array;
  readonly why: string;
  readonly tended?: Pick<TendResult, "apprentice" | "evidence" | "regrets">;
  readonly details: LearningDetails;
}

export function firstOutcome(result: TrainingResult, details: LearningDetails): Outcome {
  const { accepted, forecaster, why, validation, gradients } = result;
  return {
    kind: accepted ? "checkpoint" : "rejected",
    forecaster,
    why,
    details: { ...details, validation: { ...validation }, gradients },
  };
}

export function tendOutcome(result: TendResult, details: LearningDetails): Outcome {
  const { decision, forecaster, why, verdict, tuning, apprentice, evidence, regrets } = result;
  const kind = {
    promoted: "checkpoint",
    "rolled-back": "rolled-back",
    retired: "retired",
    none: "learned",
  } as const;
  const { z, gain, count } = verdict;
  return {
    kind: kind[decision],
    forecaster,
    why,
    tended: { apprentice, evidence, regrets },
    details: { ...details, verdict: { z, gain, count }, ...(tuning ? { tuning } : {}) },
  };
}

/** Work that fails is work that brought nothing: the stream goes on with what it has. */
export function failedOutcome(work: Work, error: unknown): Outcome {
  const why = error instanceof Error ? error.message : String(error);
  const kind = work.kind === "first" ? "rejected" : "learned";
  return { kind, forecaster: new Uint8Array(0), why, details: work.details };
}

/** What a learner's entry in the log holds. */
export interface Decision {
  /** Name of what is in service after it. */
  readonly model: string;
  /** `forecasterToBytes` of what came into service, or was rejected; empty if neither. */
  readonly forecaster: Uint8Array;
  readonly details: LearningDetails;
}

export function decisionToBody({ model, forecaster, details }: Decision): Uint8Array {
  return new ByteWriter().text(model).bytes(forecaster).text(JSON.stringify(details, rounded)).finish();
}

/** @throws RangeError code `STATE_CORRUPT` */
export function decisionFromBody(body: ByteReader): Decision {
  const decision = { model: body.text(), forecaster: body.bytes(), details: JSON.parse(body.text()) };
  body.end();
  return decision;
}

/** Five significant digits: details are for people, and a log is kept for ever. */
function rounded(_name: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isInteger(value)) return value;
  return Number.isFinite(value) ? Number(value.toPrecision(5)) : null;
}

/** Work under way, so that it can be done again after a restart. */
export function writeWork(work: Work | undefined, to: ByteWriter): void {
  to.u8(work === undefined ? 0 : work.kind === "first" ? 1 : 2);
  if (work === undefined) return;
  to.text(JSON.stringify(work.details));
  if (work.kind === "first") {
    to.f64(work.effectAt)
      .f64(work.job.seed)
      .f64s(work.job.unused ?? []);
    writeSequences(
      work.job.sequences.map((sequence) => {
        return { ...sequence, fresh: 0, recent: sequence.begins.length, intervalMs: 0 };
      }),
      to,
    );
    return;
  }
  const { tune, sequences } = work.job;
  to.u8(tune ? 1 : 0);
  if (tune) to.f64(tune.seed).f64s(tune.unused);
  writeSequences(sequences, to);
}

/** Makes whole jobs of what `writeWork` has written: the rest is the learner's options and memory. */
export interface JobMakers {
  first(seed: number, sequences: TrainingJob["sequences"], unused: readonly number[]): TrainingJob;
  tend(sequences: TendJob["sequences"], tune: TendJob["tune"]): TendJob;
}

export function readWork(from: ByteReader, make: JobMakers): Work | undefined {
  const kind = from.u8();
  if (kind === 0) return undefined;
  const details: LearningDetails = JSON.parse(from.text());
  if (kind === 1) {
    const effectAt = from.f64();
    const seed = from.f64();
    const unused = [...from.f64s()];
    return { kind: "first", job: make.first(seed, readSequences(from), unused), effectAt, details };
  }
  const tune = from.u8() === 1 ? { seed: from.f64(), unused: [...from.f64s()] } : undefined;
  return { kind: "tend", job: make.tend(readSequences(from), tune), details };
}
