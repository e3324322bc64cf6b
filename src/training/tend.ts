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
import { addEvidence, ERROR_CAP, type Evidence, judge, NO_EVIDENCE, type Verdict } from "./gate.js";
import { seasonalNaiveOutputs } from "./seasonal-naive-outputs.js";
import type { TendedSequence, TendJob, TendResult, TuningReport } from "./tend-job.js";
import { networkOutputs } from "./train-network.js";
import { absoluteErrors, knownTargets, meanOfArrays, type ValidationPiece } from "./validate.js";

/** Standard errors and events after which a worse apprentice begins anew. */
const HOPELESS = 1344;

/**
 * Looks after a forecaster in service. Its apprentice is judged on the events that came since it learned last,
 * which it has not seen; if all evidence so far says that it errs less, it comes into service, as it was
 * judged. What was in service before is judged as well, and comes back if it errs less. Then the apprentice is
 * fine-tuned on all that is known.
 *
 * Pure and deterministic: the same job gives the same result.
 *
 * @throws RangeError code `NETWORK_CORRUPT`, `STATE_CORRUPT`
 */
export function tend(job: TendJob): TendResult {
  const service = forecasterFromBytes(job.service, "service");
  let apprentice = job.apprentice ? apprenticeFromBytes(job.apprentice) : beginApprentice(service);
  const candidate = apprenticeForecaster(apprentice);
  const previous = job.previous && forecasterFromBytes(job.previous, "previous");
  const overlap = Math.max(...job.horizons);

  const errors = freshErrors(job, { service, candidate, previous });
  let evidence = addEvidence(job.evidence, errors.ofCandidate);
  let regrets = previous ? addEvidence(job.regrets, errors.ofPrevious) : NO_EVIDENCE;
  const regret = previous && judge(regrets, overlap);
  const verdict = judge(evidence, overlap);

  let decision: TendResult["decision"] = "none";
  let forecaster = new Uint8Array(0);
  let decided: Verdict = verdict;
  if (regret?.isBetter && job.previous) {
    decision = "rolled-back";
    forecaster = job.previous.slice();
    decided = regret;
  } else if (verdict.isBetter) {
    decision = "promoted";
    forecaster = Uint8Array.from(forecasterToBytes(candidate));
  } else if (verdict.isWorse && verdict.count >= HOPELESS) {
    apprentice = beginApprentice(service);
    evidence = NO_EVIDENCE;
  }
  if (decision !== "none") {
    evidence = NO_EVIDENCE;
    regrets = NO_EVIDENCE;
  }

  const tuned = job.tune ? tune(apprentice, job, job.tune) : undefined;
  return {
    decision,
    verdict: decided,
    forecaster,
    apprentice: apprenticeToBytes(tuned?.apprentice ?? apprentice),
    evidence,
    regrets,
    ...(tuned ? { tuning: tuned.report } : {}),
    why: decision === "rolled-back" ? `the one before ${decided.why}` : decided.why,
  };
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
): { ofCandidate: Evidence; ofPrevious: Evidence } {
  const byHorizon = job.horizons.map((_, h) => {
    const pieces = job.sequences.map((sequence) => freshPiece(sequence, job, h));
    const known = knownTargets(pieces);
    const of = (networks: readonly Network[]) =>
      errorsOf(meanOfArrays(networks.map((network) => networkOutputs(network, pieces))), known);
    const persistence = errorsOf(new Float64Array(known.length), known);
    const seasonal = seasonalNaiveOutputs(pieces, job, h).map((outputs) => errorsOf(outputs, known));
    return {
      service: of(service.networks[h]!),
      candidate: of(candidate.networks[h]!),
      previous: previous && of(previous.networks[h]!),
      naive: [persistence, ...seasonal].reduce((a, b) => (total(b) < total(a) ? b : a)),
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
  const wanted = forecastTargets(sequence, targets, horizons, h, T);
  const first = Math.max(0, T - sequence.fresh - horizons[h]!);
  return { sequence, wanted: wanted.fill(Number.NaN, 0, first * targets) };
}

/** |output - target|, at most eight usual steps; a network that overflowed errs by as much. */
function errorsOf(outputs: Float64Array, targets: Float64Array): Float64Array {
  return absoluteErrors(outputs, targets).map((error) => (error < ERROR_CAP ? error : ERROR_CAP));
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function tune(
  apprentice: Apprentice,
  { sequences, targets, horizons }: TendJob,
  { seed, unused }: NonNullable<TendJob["tune"]>,
): { apprentice: Apprentice; report: TuningReport } {
  const tuned = apprentice.map((members, h) =>
    members.map((trainee, member) =>
      fineTune(trainee, sequences, targets, horizons, h, {
        seed: seed * 64 + h * 8 + member,
        unused,
        probes: h === 0 && member === 0,
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
