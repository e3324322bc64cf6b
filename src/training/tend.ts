import type { Network } from "../cells/index.js";
import {
  type Apprentice,
  apprenticeForecaster,
  apprenticeFromBytes,
  apprenticeToBytes,
  beginApprentice,
} from "./apprentice.js";
import { fineTune } from "./fine-tune.js";
import { forecastTargets } from "./forecast-targets.js";
import { type Forecaster, forecasterFromBytes, forecasterToBytes } from "./forecaster.js";
import { addEvidence, ERROR_CAP, type Evidence, judge, judgeService, NO_EVIDENCE } from "./gate.js";
import { leaveOutStandstills } from "./leave-out.js";
import { atOnce, type Pace } from "./pace.js";
import { runningMeanOutputs } from "./running-mean-outputs.js";
import { seasonalNaiveOutputs } from "./seasonal-naive-outputs.js";
import type { TendedSequence, TendJob, TendResult, TuningReport } from "./tend-job.js";
import { networkOutputs } from "./train-network.js";
import { absoluteErrors, knownTargets, meanOfArrays, type ValidationPiece } from "./validate.js";

/** Standard errors and events after which a worse apprentice begins anew. */
const HOPELESS = 1344;

/**
 * Looks after a forecaster in service. Its apprentice is judged on the events that came since it learned last,
 * which it has not seen; if all evidence so far says that it errs less, it comes into service, as it was
 * judged. What was in service before is judged as well, and comes back if it errs less. What is in service and errs
 * more than naive forecasts is retired. Then the apprentice is fine-tuned on all that is known.
 *
 * Pure and deterministic: the same job gives the same result.
 *
 * @throws RangeError code `NETWORK_CORRUPT`, `STATE_CORRUPT`
 */
export function tend(job: TendJob, pace: Pace = atOnce): TendResult {
  const service = forecasterFromBytes(job.service, "service");
  let apprentice = job.apprentice ? apprenticeFromBytes(job.apprentice) : beginApprentice(service);
  const candidate = apprenticeForecaster(apprentice);
  const previous = job.previous && forecasterFromBytes(job.previous, "previous");
  const overlap = Math.max(...job.horizons);

  const errors = freshErrors(job, { service, candidate, previous }, pace);
  let evidence = addEvidence(job.evidence, errors.ofCandidate);
  let regrets = previous ? addEvidence(job.regrets, errors.ofPrevious) : NO_EVIDENCE;
  const { decision, verdict } = decide(evidence, regrets, overlap);
  const forecaster =
    decision === "promoted"
      ? Uint8Array.from(forecasterToBytes(candidate))
      : decision === "rolled-back"
        ? job.previous!.slice()
        : new Uint8Array(0);
  if (decision !== "none") {
    evidence = NO_EVIDENCE;
    regrets = NO_EVIDENCE;
  } else if (verdict.isWorse && verdict.count >= HOPELESS) {
    apprentice = beginApprentice(service);
    evidence = NO_EVIDENCE;
  }

  const tuned = job.tune && decision !== "retired" ? tune(apprentice, job, job.tune, pace) : undefined;
  return {
    decision,
    verdict,
    forecaster,
    apprentice: apprenticeToBytes(tuned?.apprentice ?? apprentice),
    evidence,
    regrets,
    ...(tuned ? { tuning: tuned.report } : {}),
    why: verdict.why,
  };
}

/**
 * What comes of the evidence: of the apprentice against what is in service, and of what that replaced.
 *
 * @param regrets empty if nothing can come back
 */
function decide(
  evidence: Evidence,
  regrets: Evidence,
  overlap: number,
): Pick<TendResult, "decision" | "verdict"> {
  const regret = judge(regrets, overlap);
  const back = { ...regret, why: `the one before ${regret.why}` };
  if (regret.isBetter) return { decision: "rolled-back", verdict: back };
  const verdict = judge(evidence, overlap);
  if (verdict.isBetter) return { decision: "promoted", verdict };
  const standing = judgeService(evidence, overlap);
  if (!standing.isWorse) return { decision: "none", verdict };
  // Before simple rules take over, what was replaced by what is so bad.
  const canReturn = regrets.candidate.length > 0 && total(regrets.candidate) < total(regrets.naive);
  return canReturn ? { decision: "rolled-back", verdict: back } : { decision: "retired", verdict: standing };
}

interface Contestants {
  readonly service: Forecaster;
  readonly candidate: Forecaster;
  readonly previous: Forecaster | undefined;
}

/** Errors of all on the targets that came with the fresh events, means over targets and horizons. */
function freshErrors(
  job: TendJob,
  { service, candidate, previous }: Contestants,
  pace: Pace,
): { ofCandidate: Evidence; ofPrevious: Evidence } {
  const byHorizon = job.horizons.map((_, h) => {
    const pieces = job.sequences.map((sequence) => freshPiece(sequence, job, h));
    const known = knownTargets(pieces);
    const of = (networks: readonly Network[]) =>
      errorsOf(meanOfArrays(networks.map((network) => networkOutputs(network, pieces, pace))), known);
    const persistence = new Float64Array(known.length);
    const average = runningMeanOutputs(pieces, job, h);
    const naive = [persistence, average, ...seasonalNaiveOutputs(pieces, job, h)];
    return {
      service: of(service.networks[h]!),
      candidate: of(candidate.networks[h]!),
      previous: previous && of(previous.networks[h]!),
      naive: naive.map((outputs) => errorsOf(outputs, known)).reduce((a, b) => (total(b) < total(a) ? b : a)),
    };
  });
  // Fewer targets of far horizons have come: the newest of each are compared.
  const count = Math.min(...byHorizon.map((errors) => errors.service.length));
  const averaged = (of: (errors: (typeof byHorizon)[number]) => Float64Array | undefined): number[] => {
    const arrays = byHorizon.map((errors) => of(errors) ?? new Float64Array(count));
    return Array.from(meanOfArrays(arrays.map((array) => array.slice(array.length - count))));
  };
  const inService = averaged(({ service }) => service);
  const naive = averaged(({ naive }) => naive);
  return {
    ofCandidate: { service: inService, candidate: averaged(({ candidate }) => candidate), naive },
    ofPrevious: { service: inService, candidate: averaged(({ previous }) => previous), naive },
  };
}

/** A key's history with what is wanted where that came with the fresh events. */
function freshPiece(
  sequence: TendedSequence,
  { targets, horizons }: TendJob,
  h: number,
): ValidationPiece & { readonly sequence: TendedSequence } {
  const T = sequence.begins.length;
  const wanted = forecastTargets(sequence, targets, horizons, h, T, "judging");
  // A sensor that stands still judges nobody.
  leaveOutStandstills(wanted, sequence.y, targets);
  const first = Math.max(0, T - sequence.fresh - horizons[h]!);
  return { sequence, wanted: wanted.fill(Number.NaN, 0, first * targets) };
}

/** |output - target|, at most eight usual steps; a network that overflowed errs by as much. */
function errorsOf(outputs: Float64Array, targets: Float64Array): Float64Array {
  return absoluteErrors(outputs, targets).map((error) => (error < ERROR_CAP ? error : ERROR_CAP));
}

function total(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function tune(
  apprentice: Apprentice,
  { sequences, targets, horizons }: TendJob,
  { seed, unused }: NonNullable<TendJob["tune"]>,
  pace: Pace,
): { apprentice: Apprentice; report: TuningReport } {
  const tuned = apprentice.map((members, h) =>
    members.map((trainee, member) =>
      fineTune(trainee, sequences, targets, horizons, h, {
        seed: seed * 64 + h * 8 + member,
        unused,
        probes: h === 0 && member === 0,
        pace,
      }),
    ),
  );
  const reports = tuned.flat().map(({ report }) => report);
  const sum = (of: (report: TuningReport) => number) => reports.reduce((all, report) => all + of(report), 0);
  const norms = reports.map(({ gradientNorm }) => gradientNorm);
  return {
    apprentice: tuned.map((members) => members.map(({ trainee }) => trainee)),
    report: {
      updates: sum(({ updates }) => updates),
      loss: sum(({ loss }) => loss) / reports.length,
      gradientNorm: {
        median: norms.reduce((all, { median }) => all + median, 0) / norms.length,
        largest: Math.max(...norms.map(({ largest }) => largest)),
      },
      clipped: sum(({ clipped }) => clipped),
      refused: sum(({ refused }) => refused),
      diverged: reports.some(({ diverged }) => diverged),
      layers: reports[0]?.layers ?? [],
      advice: reports.flatMap(({ advice }) => advice),
    },
  };
}
