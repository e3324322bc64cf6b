import type { Trainer } from "../stream/index.js";
import {
  DEFAULT_RATE,
  type TrainingJob,
  type TrainingProgress,
  type TrainingResult,
} from "../training/index.js";
import { UnfinishedTraining } from "./unfinished-training.js";

/** One size and rate that was tried. */
export interface Trial {
  readonly hidden: number;
  /** At first. */
  readonly learningRate: number;
  readonly parameters: number;
  readonly epochs: number;
  /** Mean absolute error on the validation part, in usual steps; null: there was nothing to validate on. */
  readonly validation: number | null;
}

export interface SearchOptions {
  readonly trainer: Trainer;
  /** How many sizes and rates are tried, in the order of `searchSpace`; default 1: the pipeline's own. */
  readonly search?: number;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** File in which it is kept how far the training has come, while it lasts; absent: nowhere. */
  readonly unfinished?: string;
  /** The file was there: of how many finished networks it goes on, or that it is of another training. */
  readonly onUnfinished?: (found: { readonly networks: number; readonly of: number } | "another") => void;
}

/** The most that there is to try. */
export const MOST_TRIALS = 9;

/** Sizes and rates around a pipeline's own, which come first; those that differ in one before those that differ in both. */
export function searchSpace(hidden: number, count: number): { hidden: number; learningRate: number }[] {
  const [twice, half] = [2 * hidden, Math.max(1, hidden >> 1)];
  const [fast, slow] = [2 * DEFAULT_RATE, DEFAULT_RATE / 2];
  const all: readonly (readonly [number, number])[] = [
    [hidden, DEFAULT_RATE],
    [twice, DEFAULT_RATE],
    [half, DEFAULT_RATE],
    [hidden, slow],
    [hidden, fast],
    [twice, slow],
    [half, fast],
    [twice, fast],
    [half, slow],
  ];
  return all.slice(0, count).map(([hidden, learningRate]) => ({ hidden, learningRate }));
}

export interface Found {
  readonly best: { readonly result: TrainingResult; readonly hidden: number };
  readonly trials: readonly Trial[];
  /** Removes the files `unfinished`. */
  readonly remove: () => void;
}

/**
 * Trains a job in several sizes and at several rates, and takes what errs least on the validation part: the test
 * part is none of its business. Without `search` it trains the job as it is.
 */
export async function search(job: TrainingJob, options: SearchOptions): Promise<Found> {
  const { trainer, search: count = 1, onProgress = () => {}, onUnfinished } = options;
  const jobs = count === 1 ? [job] : searchSpace(job.hidden, count).map((own) => ({ ...job, ...own }));
  const files = jobs.map((one, i) => {
    if (options.unfinished === undefined) return undefined;
    return new UnfinishedTraining(i === 0 ? options.unfinished : `${options.unfinished}-${i + 1}`, one);
  });
  if (files.some((file) => file?.isIgnored)) onUnfinished?.("another");
  const networks = files.reduce((sum, file) => sum + (file?.finished.length ?? 0), 0);
  if (networks > 0) onUnfinished?.({ networks, of: jobs.length * job.horizons.length * job.members });

  const results: TrainingResult[] = [];
  for (const [i, one] of jobs.entries()) {
    const file = files[i];
    const finished = [...(file?.finished ?? [])];
    const result = await trainer.train(
      { ...one, ...(file === undefined ? {} : { finished }) },
      ({ finished: network, epoch, epochs, ...rest }) => {
        if (network) file?.add(network);
        else onProgress({ epoch: i * epochs + epoch, epochs: jobs.length * epochs, ...rest });
      },
      1,
    );
    results.push(result);
  }
  const errors = results.map(({ validation }) => validation.network);
  // The first of equals: the pipeline's own before others.
  const best = Math.max(0, errors.indexOf(Math.min(...errors)));
  const trials = results.map(({ parameters, epochs, validation: { network } }, i): Trial => {
    const { hidden, learningRate = DEFAULT_RATE } = jobs[i]!;
    return { hidden, learningRate, parameters, epochs, validation: Number.isNaN(network) ? null : network };
  });
  return {
    best: { result: results[best]!, hidden: jobs[best]!.hidden },
    trials,
    remove: () => {
      for (const file of files) file?.remove();
    },
  };
}
