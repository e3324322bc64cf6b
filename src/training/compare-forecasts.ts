import { KernelModel, type StepGraph } from "../cells/index.js";
import { type Baseline, fitHoltWinters, HoltWinters, Persistence, SeasonalNaive } from "./baselines/index.js";
import { type ForecastErrors, forecastErrors } from "./forecast-errors.js";
import { RidgeForecaster } from "./ridge-forecaster.js";
import type { TrainingSequence } from "./training-job.js";
import { joined } from "./validate.js";

const DAY_MS = 86_400_000;
const SEASONS = { day: DAY_MS, week: 7 * DAY_MS } as const;
export type Season = keyof typeof SEASONS;

/** A key's whole history, and where in it what begins. */
export interface ComparedSequence extends TrainingSequence {
  /** Usual time between events. */
  readonly intervalMs: number;
  /** Steps before it trained. */
  readonly validationFrom: number;
  /** Steps before it trained or validated; from here on forecasts are judged. */
  readonly testFrom: number;
}

export interface ForecastComparison {
  readonly targets: number;
  /** Which of them. */
  readonly target: number;
  readonly horizons: readonly number[];
  /** Which of them. */
  readonly horizon: number;
  /** With outputs [targets, horizons] in units of scale. */
  readonly graph: StepGraph;
  readonly sequences: readonly ComparedSequence[];
}

/** Errors on the test part; null where a rival had too little history: two seasons before it is validated. */
export interface ComparedForecasts {
  readonly model: ForecastErrors;
  readonly persistence: ForecastErrors;
  readonly seasonalNaive: ForecastErrors | null;
  readonly holtWinters: ForecastErrors | null;
  readonly ridge: ForecastErrors;
  /** The better one on the validation part: what MASE is measured by. */
  readonly season: Season | null;
  /** Forecasts judged. */
  readonly count: number;
}

/** One target of one key. */
interface Series {
  readonly sequence: ComparedSequence;
  /** [T] */
  readonly y: Float64Array;
  /** [T] whether y[t] was foretold within one run of steps */
  readonly isFair: Uint8Array;
}

/**
 * How far a forecaster and its rivals are off on the test part, h steps ahead: persistence, the seasonal-naive
 * forecast and Holt-Winters with the season that is better on the validation part, and a ridge regression on
 * the forecaster's own inputs. Rivals are fitted on all that comes before the test part.
 */
export function compareForecasts(comparison: ForecastComparison): ComparedForecasts {
  const steps = comparison.horizons[comparison.horizon]!;
  const series = comparison.sequences.map((sequence) => seriesOf(sequence, comparison, steps));
  const follow = (create: (one: Series) => Baseline) =>
    series.map((one) => baselineForecasts(create(one), one.y, steps));

  const naive = betterSeason(series, steps, (_, season) => new SeasonalNaive(season));
  const smooth = betterSeason(
    series,
    steps,
    ({ y, sequence }, season, end = sequence.testFrom) =>
      new HoltWinters(season, fitHoltWinters(season, y, end)),
  );
  const unit = meanSeasonalStep(series, naive?.season);
  const judge = (forecasts: readonly Float64Array[]) => {
    const picked = series.map((one, i) => judged(one, forecasts[i]!, one.sequence.testFrom, one.y.length));
    const pick = (which: 0 | 1) => joined(picked.map((pair) => pair[which]));
    return forecastErrors(pick(0), pick(1), unit);
  };
  const ridge = new RidgeForecaster(comparison);
  return {
    model: judge(modelForecasts(comparison, steps)),
    persistence: judge(follow(() => new Persistence())),
    seasonalNaive: naive && judge(naive.forecasts),
    holtWinters: smooth && judge(smooth.forecasts),
    ridge: judge(comparison.sequences.map((sequence) => ridge.forecasts(sequence, steps))),
    season: naive?.season ?? null,
    count: series.reduce((sum, one) => sum + countFair(one), 0),
  };
}

function seriesOf(
  sequence: ComparedSequence,
  { targets, target }: ForecastComparison,
  steps: number,
): Series {
  const T = sequence.begins.length;
  const y = Float64Array.from({ length: T }, (_, t) => sequence.y[t * targets + target]!);
  const isFair = new Uint8Array(T);
  for (let t = 0, run = 0; t < T; t++) {
    run = sequence.begins[t] === 1 ? 0 : run + 1;
    isFair[t] = run >= steps ? 1 : 0;
  }
  return { sequence, y, isFair };
}

function countFair({ isFair, sequence }: Series): number {
  return isFair.subarray(sequence.testFrom).reduce((sum, fair) => sum + fair, 0);
}

/** [T] forecasts of y[t], made `steps` before; NaN where there was none. */
function baselineForecasts(baseline: Baseline, y: Float64Array, steps: number): Float64Array {
  const forecasts = new Float64Array(y.length).fill(Number.NaN);
  for (let t = 0; t + steps < y.length; t++) {
    baseline.observe(y[t]!);
    forecasts[t + steps] = baseline.forecast(steps);
  }
  return forecasts;
}

/** Values and forecasts of steps [from, to) that are to be judged. */
function judged({ y, isFair }: Series, forecasts: Float64Array, from: number, to: number) {
  const isJudged = (_: number, i: number) => isFair[from + i] === 1;
  return [y.subarray(from, to).filter(isJudged), forecasts.subarray(from, to).filter(isJudged)] as const;
}

/** The season under which a baseline errs less on the validation part, and its forecasts under it. */
function betterSeason(
  series: readonly Series[],
  steps: number,
  create: (one: Series, season: number, end?: number) => Baseline,
): { season: Season; forecasts: Float64Array[] } | null {
  let best: { season: Season; mae: number } | undefined;
  for (const season of ["day", "week"] as const) {
    if (!series.every((one) => hasSeason(one, season))) continue;
    const parts = series.map((one) => {
      const { validationFrom, testFrom } = one.sequence;
      const baseline = create(one, seasonSteps(one, season), validationFrom);
      return judged(one, baselineForecasts(baseline, one.y, steps), validationFrom, testFrom);
    });
    const pick = (which: 0 | 1) => joined(parts.map((pair) => pair[which]));
    const { mae } = forecastErrors(pick(0), pick(1), 1);
    if (best === undefined || mae < best.mae) best = { season, mae };
  }
  if (best === undefined) return null;
  const { season } = best;
  const forecasts = series.map((one) =>
    baselineForecasts(create(one, seasonSteps(one, season)), one.y, steps),
  );
  return { season, forecasts };
}

function seasonSteps({ sequence }: Series, season: Season): number {
  return Math.round(SEASONS[season] / sequence.intervalMs);
}

/** Two seasons of at least two steps lie before the validation part. */
function hasSeason(one: Series, season: Season): boolean {
  const steps = seasonSteps(one, season);
  return steps >= 2 && 2 * steps < one.sequence.validationFrom;
}

/** Mean |y[t] - y[t - m]| before the test part, m the season, or 1 without one. */
function meanSeasonalStep(series: readonly Series[], season: Season | undefined): number {
  let sum = 0;
  let count = 0;
  for (const one of series) {
    const m = season === undefined ? 1 : seasonSteps(one, season);
    for (let t = m; t < one.sequence.testFrom; t++) {
      sum += Math.abs(one.y[t]! - one.y[t - m]!);
      count++;
    }
  }
  return sum / count;
}

/** By sequence, [T]: the forecaster's forecasts of y[t], made `steps` before; its state is carried through from the beginning. */
export function modelForecasts(comparison: ForecastComparison, steps: number): Float64Array[] {
  const { graph, sequences, targets, target, horizons, horizon } = comparison;
  const model = new KernelModel(graph);
  const output = new Float64Array(model.outputs);
  const own = target * horizons.length + horizon;
  const slot = model.acquire();
  return sequences.map(({ x, y, scale, begins }) => {
    const T = begins.length;
    const forecasts = new Float64Array(T).fill(Number.NaN);
    model.resetState(slot);
    for (let t = 0; t < T; t++) {
      if (begins[t] === 1) model.resetState(slot);
      model.stepSlot(output, slot, x.subarray(t * model.inputs, (t + 1) * model.inputs));
      if (t + steps >= T) continue;
      forecasts[t + steps] = y[t * targets + target]! + output[own]! * scale[t * model.outputs + own]!;
    }
    return forecasts;
  });
}
