import { createHash } from "node:crypto";
import { ByteReader, type LogEntry, problem, REQUESTS, requestFromEntry } from "../core/index.js";
import { featureWords } from "../spec/index.js";
import type { Identity, PipelineReader, StoreReader } from "../store/index.js";
import { type Decision, decisionFromBody, type LearningDetails, readPromotion } from "../stream/index.js";
import { type Forecaster, forecasterFromBytes, forecasterWeights } from "../training/index.js";
import { forecasterToOnnx } from "./forecaster-to-onnx.js";
import { storedPipeline } from "./identity.js";

/** A forecaster that was in service once. */
export interface Checkpoint {
  /** `gru-3`: the third that came into service. */
  readonly model: string;
  /** First 12 hex digits of the SHA-256 of the forecaster's bytes: the same for the same weights, anywhere. */
  readonly address: string;
  /** `forecasterToBytes` */
  readonly bytes: Uint8Array;
  readonly forecaster: Forecaster;
  readonly parameters: number;
}

/** What the learner decided, and how it fared until the next decision. */
export interface LineageEntry {
  /**
   * `first` and `promoted` bring a new network, `rolled-back` the one before; `rejected` leaves things as they were;
   * after `retired` nothing is in service.
   */
  readonly kind: "first" | "promoted" | "rolled-back" | "rejected" | "retired";
  /** It took effect before the event at this position. */
  readonly position: number;
  /** Event time there, ms; null if the journal doesn't reach back so far. */
  readonly time: number | null;
  readonly why: string;
  /** What came into service. */
  readonly checkpoint: Checkpoint | undefined;
  /** What was rejected; undefined where nothing was, or it could not be trained at all. */
  readonly rejected: Checkpoint | undefined;
  /** How the work went that led to it. */
  readonly details: LearningDetails;
  /** Name of what was in service before; null if nothing was, or it is no longer known. */
  readonly replaced: string | null;
  /** Judgements of its apprentice that left it in service, until it was replaced. */
  readonly judged: number;
  /** Fine-tunings of its apprentice, newest last. */
  readonly tunings: readonly { readonly position: number; readonly details: LearningDetails }[];
  /** The newest judgement. */
  readonly verdict: { readonly position: number; readonly why: string } | undefined;
}

/** What a pipeline's learner ever decided, oldest first, as far as its log reaches back. */
export interface Lineage {
  readonly pipeline: string;
  readonly identity: Identity | undefined;
  readonly entries: readonly LineageEntry[];
  /** The entry that brought what is in service; undefined while nothing is. */
  readonly service: LineageEntry | undefined;
}

const KINDS: Readonly<Record<string, LineageEntry["kind"]>> = {
  checkpoint: "promoted",
  promote: "promoted",
  "rolled-back": "rolled-back",
  rollback: "rolled-back",
  rejected: "rejected",
  retired: "retired",
};

/** @throws RangeError codes `NETWORK_CORRUPT`, `NETWORK_VERSION`, `STATE_CORRUPT` */
export function readLineage(reader: PipelineReader): Lineage {
  const entries: LineageEntry[] = [];
  let service: string | null = null;
  /** What can come back. */
  let previous: Checkpoint | undefined;
  let current: Checkpoint | undefined;
  for (const entry of reader.logEntries(0)) {
    if (entry.slot !== "learner" && entry.slot !== REQUESTS) continue;
    if (entry.kind === "learned") countJudgement(entries, entry);
    const kind = KINDS[entry.kind];
    if (kind === undefined) continue;
    const { details, ...found } = decisionIn(entry);
    const isAsked = entry.slot === REQUESTS;
    const brought = isAsked && kind === "rolled-back" ? previous : checkpointOf(found);
    const checkpoint = kind === "rejected" ? undefined : brought;
    if (checkpoint || kind === "retired") {
      previous = kind === "rolled-back" ? undefined : current;
      current = checkpoint;
    }
    entries.push({
      // Networks are numbered as they come, from 1: the log may no longer reach back to the first.
      kind: !isAsked && kind === "promoted" && checkpoint?.model.endsWith("-1") ? "first" : kind,
      position: entry.position,
      time: timeAt(reader, entry.position),
      why: entry.why,
      checkpoint,
      rejected: kind === "rejected" ? brought : undefined,
      details,
      replaced: service,
      judged: 0,
      tunings: [],
      verdict: undefined,
    });
    service = kind === "retired" ? null : (checkpoint?.model ?? service);
  }
  return {
    pipeline: reader.name,
    identity: reader.recorded,
    entries,
    service: service === null ? undefined : entries.findLast(({ checkpoint }) => checkpoint !== undefined),
  };
}

/**
 * Of every pipeline of a data directory, or of one.
 *
 * @throws RangeError code `NO_SUCH_PIPELINE`; see `readLineage`
 */
export function readLineages(store: StoreReader, pipeline?: string): Lineage[] {
  const names = pipeline === undefined ? store.pipelines().map(({ name }) => name) : [pipeline];
  return names.map((name) => readLineage(store.pipeline(name)));
}

/**
 * The checkpoint of that name, or of that address.
 *
 * @throws RangeError code `NO_SUCH_CHECKPOINT` if there is none, or one in several pipelines
 */
export function findCheckpoint(
  lineages: readonly Lineage[],
  wanted: string,
): { readonly lineage: Lineage; readonly checkpoint: Checkpoint } {
  const all = lineages.flatMap((lineage) =>
    checkpointsOf(lineage).map((checkpoint) => ({ lineage, checkpoint })),
  );
  const found = all.filter(({ checkpoint: { model, address } }) => model === wanted || address === wanted);
  const [only] = found;
  if (only && found.length === 1) return only;
  const named = (some: typeof all) =>
    some.map(({ lineage, checkpoint }) => `${checkpoint.model} of pipeline "${lineage.pipeline}"`).join(", ");
  throw problem(RangeError, {
    code: "NO_SUCH_CHECKPOINT",
    action: "find checkpoint",
    on: `"${wanted}"`,
    expected: only ? "one of a single pipeline (--pipeline says which)" : "one that the log holds",
    found: named(only ? found : all) || "none: no network has come into service yet",
  });
}

/** Each once, by its name; rejected ones, which have none, can be found by their address. */
function checkpointsOf({ entries }: Lineage): Checkpoint[] {
  const byName = new Map<string, Checkpoint>();
  for (const { checkpoint, rejected } of entries) {
    if (checkpoint) byName.set(checkpoint.model, checkpoint);
    if (rejected) byName.set(rejected.address, { ...rejected, model: `rejected-${rejected.address}` });
  }
  return [...byName.values()];
}

/** As an ONNX file, which says in its metadata where it comes from. */
export function checkpointToOnnx(
  { pipeline, identity, entries }: Lineage,
  checkpoint: Checkpoint,
): Uint8Array {
  const { model, address, forecaster } = checkpoint;
  const origin = entries.find((entry) => entry.checkpoint?.model === model);
  const spec = identity && storedPipeline(identity);
  return forecasterToOnnx(forecaster, model, {
    "eddy.pipeline": pipeline,
    "eddy.model": model,
    ...(spec ? { "eddy.features": JSON.stringify(featureWords(spec.features)) } : {}),
    ...(spec ? { "eddy.targets": JSON.stringify(spec.targets) } : {}),
    ...(spec ? { "eddy.horizons": JSON.stringify(spec.model.horizons) } : {}),
    "eddy.checkpoint": JSON.stringify({
      address,
      kind: origin?.kind,
      position: origin?.position,
      replaced: origin?.replaced,
      why: origin?.why,
    }),
  });
}

/** Of the apprentice of what is in service. */
function countJudgement(entries: LineageEntry[], entry: LogEntry): void {
  const at = entries.findLastIndex(({ checkpoint }) => checkpoint !== undefined);
  const last = entries[at];
  if (last === undefined) return;
  const { position, why } = entry;
  const { details } = decisionIn(entry);
  const tunings = details.tuning ? [...last.tunings, { position, details }] : last.tunings;
  entries[at] = { ...last, judged: last.judged + 1, tunings, verdict: { position, why } };
}

/** What an entry of the learner's brought, or a request. */
function decisionIn(entry: LogEntry): Decision {
  const { body, position } = entry;
  if (entry.slot !== REQUESTS) {
    return decisionFromBody(new ByteReader(body, `the log's entry at position ${position}`));
  }
  const request = requestFromEntry(entry);
  const details = { trigger: "request" };
  if (request.kind !== "promote") return { model: "", forecaster: new Uint8Array(0), details };
  const { model, bytes } = readPromotion(request.body);
  return { model, forecaster: bytes, details };
}

function checkpointOf({ model, forecaster: bytes }: Omit<Decision, "details">): Checkpoint | undefined {
  if (bytes.length === 0) return undefined;
  const forecaster = forecasterFromBytes(bytes, model);
  return {
    model,
    address: createHash("sha256").update(bytes).digest("hex").slice(0, 12),
    bytes,
    forecaster,
    parameters: forecasterWeights(forecaster),
  };
}

function timeAt(reader: PipelineReader, position: number): number | null {
  const [row] = reader.journal(position - 1, 1);
  return row?.position === position ? row.sample.time : null;
}
