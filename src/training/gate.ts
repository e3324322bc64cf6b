/*
 * The gate: a network comes into service only if it errs less than the one in service, and than the naive
 * forecasts, on events that neither was trained on.
 *
 * Constants were chosen on nyc_taxi and on noise; test/training/gate.test.ts holds what they promise.
 */
/** Standard errors by which the mean difference must lie above 0; against the naive forecasts fewer do. */
const SURE = 2.2;
/** Few differences have to be surer. */
const FEW = { count: 384, sure: 3 };
const SURE_OF_NAIVE = 2;
/** Smallest gain, as a share of the error of what is in service: more than chance gives a network that has none. */
const LEAST_GAIN = 0.03;
/** Fewer differences than this say nothing. */
const ENOUGH = 192;
/** More than this are not remembered. */
const MOST = 4096;
/** What serves is retired on less evidence, but of a larger fault: while it serves, every event pays for it. */
const RETIREMENT = { sure: 3, excess: 0.1, enough: 64 };
/** Errors larger than this many usual steps count as so many: one failure of a sensor decides nothing. */
export const ERROR_CAP = 8;

/** Errors on the same events, in usual steps, in the order of the stream. */
export interface Evidence {
  readonly service: readonly number[];
  readonly candidate: readonly number[];
  /** The best of persistence, the running mean and the seasonal-naive forecasts. */
  readonly naive: readonly number[];
}

export const NO_EVIDENCE: Evidence = { service: [], candidate: [], naive: [] };

/** More of it; the oldest is forgotten beyond 4,096 events. */
export function addEvidence(known: Evidence, news: Evidence): Evidence {
  const join = (of: keyof Evidence) => [...known[of], ...news[of]].slice(-MOST);
  return { service: join("service"), candidate: join("candidate"), naive: join("naive") };
}

export interface Verdict {
  /** The candidate is better: beyond chance, and by enough to matter. */
  readonly isBetter: boolean;
  /** The candidate is worse beyond chance. */
  readonly isWorse: boolean;
  /** Standard errors by which the candidate is better. */
  readonly z: number;
  /** Its gain as a share of the error of what is in service. */
  readonly gain: number;
  readonly count: number;
  /** For people. */
  readonly why: string;
}

/**
 * Compares a candidate with what is in service by the mean of d = |e_service| - |e_candidate| and its
 * Newey-West standard error (neighbouring errors resemble each other).
 *
 * @param overlap steps that one forecast looks ahead: so many neighbours share their future
 */
export function judge({ service, candidate, naive }: Evidence, overlap: number): Verdict {
  const count = service.length;
  const difference = (rival: readonly number[]) => rival.map((error, i) => error - candidate[i]!);
  const z = standardErrors(difference(service), overlap);
  const zNaive = standardErrors(difference(naive), overlap);
  const error = count > 0 ? mean(service) : 0;
  const gain = error > 0 ? 1 - mean(candidate) / error : 0;
  const isEnough = count >= ENOUGH;
  const sure = count < FEW.count ? FEW.sure : SURE;
  const isBetter = isEnough && z > sure && gain >= LEAST_GAIN && zNaive > SURE_OF_NAIVE;
  const isWorse = isEnough && z < -SURE && gain <= -LEAST_GAIN;
  const percent = (100 * Math.abs(gain)).toFixed(1);
  const than = `${percent} % ${gain < 0 ? "more" : "less"} than the network in service over ${count} events`;
  const lacks = !isEnough
    ? `${ENOUGH} events are needed`
    : zNaive <= SURE_OF_NAIVE
      ? "and no better than the naive forecast beyond chance"
      : `${z.toFixed(1)} standard errors, ${sure} are needed`;
  const why =
    isBetter || isWorse ? `errs ${than}, ${z.toFixed(1)} standard errors` : `errs ${than}: ${lacks}`;
  return { isBetter, isWorse, z, gain, count, why };
}

/** Whether what is in service errs so much more than naive forecasts that those should serve. */
export function judgeService({ service, naive }: Evidence, overlap: number): Verdict {
  const count = service.length;
  const z = standardErrors(
    service.map((error, i) => error - naive[i]!),
    overlap,
  );
  const excess = count > 0 ? mean(service) / Math.max(mean(naive), Number.MIN_VALUE) - 1 : 0;
  const { sure, excess: most, enough } = RETIREMENT;
  const isWorse = count >= enough && z > sure && excess > most;
  const why = `errs ${(100 * excess).toFixed(1)} % more than the naive forecast over ${count} events, ${z.toFixed(1)} standard errors`;
  return { isBetter: false, isWorse, z: -z, gain: -excess, count, why };
}

/**
 * The mean of d over its standard error, with the variance of Newey and West (1987): autocovariances up to
 * lag L = max(n^(1/3), overlap), weighted by 1 - k / (L + 1). 0 where nothing differs.
 */
export function standardErrors(d: readonly number[], overlap: number): number {
  const n = d.length;
  if (n < 2) return 0;
  const average = mean(d);
  const L = Math.min(n - 1, Math.max(cubeRoot(n), overlap));
  let variance = 0;
  for (let k = 0; k <= L; k++) {
    let covariance = 0;
    for (let i = k; i < n; i++) covariance += (d[i]! - average) * (d[i - k]! - average);
    variance += (k === 0 ? 1 : 2 * (1 - k / (L + 1))) * (covariance / n);
  }
  // Anticorrelated noise can leave nothing, or less.
  return variance > 0 ? average / Math.sqrt(variance / n) : 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The largest whole number whose cube is at most n. */
function cubeRoot(n: number): number {
  let root = 1;
  while ((root + 1) * (root + 1) * (root + 1) <= n) root++;
  return root;
}
