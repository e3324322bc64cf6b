import { request } from "../../../core/index.js";
import { writePromotion } from "../../../stream/index.js";
import { NO_EVIDENCE, type TendedSequence, tend } from "../../../training/index.js";
import { LearningStream } from "./learning-stream.js";
import { type NoiseKind, noise } from "./signals.js";

/** What one stream of noise brought into service. */
export interface NoiseRun {
  readonly kind: NoiseKind;
  readonly seed: number;
  /** Apprentices that were judged. */
  readonly candidates: number;
  /** That came into service. */
  readonly promoted: number;
  /** Of the promoted, those that err more on fresh data than what they replaced. */
  readonly worse: number;
  /** 1 if the network in service was retired, since simple rules err less. */
  readonly retired: number;
  /** [promoted] How much less each errs there, as a share; below 0: more. */
  readonly gains: readonly number[];
}

/** Records before a network is put into service, if none has earned it. */
const BEGIN = 1300;
/** Records at a time. */
const CHUNK = 96;
/** Data on which a promoted network is judged that nobody has seen. */
const FRESH = 4000;

/**
 * Noise has nothing to learn beyond what a first network knows: whatever the gate lets in afterwards it lets in
 * by chance. Where the first network was rejected, as on a random walk, it is put into service by request. Where it
 * is retired, since simple rules err less, the stream ends: there is nothing left to compare.
 */
export async function noiseRun(kind: NoiseKind, seed: number, candidates: number): Promise<NoiseRun> {
  const stream = await LearningStream.start(seed, true);
  const all = noise(kind, seed, BEGIN + (candidates + 1) * 3 * CHUNK + FRESH);
  await stream.step(all.subarray(0, BEGIN));
  if (!stream.isServed && stream.made) {
    const body = writePromotion({ model: "first", bytes: stream.made });
    await stream.ask(request({ kind: "promote", id: "first", why: "bench", body }));
  }
  let at = BEGIN;
  // The last candidate is judged before the next one would come.
  while (stream.isServed && stream.tunings <= candidates && at + CHUNK <= all.length - FRESH) {
    await stream.step(all.subarray(at, at + CHUNK));
    at += CHUNK;
  }
  const pairs = stream.promotions;
  let gains: number[] = [];
  if (pairs.length > 0) {
    const sequence = await stream.look(all.subarray(at, at + FRESH));
    gains = pairs.map(({ before, after }) => gainOf(sequence, after, before));
  }
  return {
    kind,
    seed,
    candidates: Math.min(stream.tunings, candidates),
    promoted: pairs.length,
    worse: gains.filter((gain) => gain < 0).length,
    retired: stream.of("retired").length,
    gains,
  };
}

/** How much less it errs than the one before it, as a share. */
function gainOf(sequence: TendedSequence, service: Uint8Array, previous: Uint8Array): number {
  const { evidence, regrets } = tend({
    targets: 1,
    horizons: [1],
    sequences: [sequence],
    service,
    previous,
    evidence: NO_EVIDENCE,
    regrets: NO_EVIDENCE,
  });
  const sum = (errors: readonly number[]) => errors.reduce((total, error) => total + error, 0);
  return 1 - sum(evidence.service) / sum(regrets.candidate);
}
