import { type SpotterOptions, WordSpotter } from "../../stream/index.js";
import { softmax } from "../../training/index.js";

/** A word may be spotted so many steps before the steps that are labelled with it, and after. */
const EARLY = 40;
const LATE = 20;

/** How well words are spotted in streams. */
export interface Spotting {
  /** That were said. */
  readonly words: number;
  readonly found: number;
  /** Spotted where nobody said them, or a second time. */
  readonly falseAlarms: number;
  readonly minutes: number;
}

/**
 * Spots words in streams whose steps are labelled. A word is a run of steps with its label; it is found if it is spotted
 * from 40 steps before to 20 after them.
 *
 * @param logits  [T, O] of each stream
 * @param classes [T] of each stream
 */
export function spotting(
  logits: readonly Float64Array[],
  classes: readonly Float64Array[],
  options: SpotterOptions,
  hopMs: number,
): Spotting {
  const O = options.classes.length;
  const sum = { words: 0, found: 0, falseAlarms: 0, minutes: 0 };
  for (const [i, own] of classes.entries()) {
    const words = wordsIn(own, options.classes.indexOf(options.none));
    const spotter = new WordSpotter(options);
    const foundWords = new Set<object>();
    for (let t = 0; t < own.length; t++) {
      const spotted = spotter.step(softmax(logits[i]!.subarray(t * O, (t + 1) * O)));
      if (spotted === undefined) continue;
      const label = options.classes.indexOf(spotted.label);
      const word = words.find(
        (one) => one.label === label && !foundWords.has(one) && t >= one.from - EARLY && t < one.to + LATE,
      );
      if (word) foundWords.add(word);
      else sum.falseAlarms++;
    }
    sum.words += words.length;
    sum.found += foundWords.size;
    sum.minutes += (own.length * hopMs) / 60_000;
  }
  return sum;
}

/** The mean of several: each of the same words. */
export function meanSpotting(runs: readonly Spotting[]): Spotting {
  const mean = (of: (run: Spotting) => number) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  return {
    words: mean(({ words }) => words),
    found: mean(({ found }) => found),
    falseAlarms: mean(({ falseAlarms }) => falseAlarms),
    minutes: mean(({ minutes }) => minutes),
  };
}

/** Runs of steps with a label other than none: [from, to). */
function wordsIn(classes: Float64Array, none: number): { label: number; from: number; to: number }[] {
  const words: { label: number; from: number; to: number }[] = [];
  for (const [t, label] of classes.entries()) {
    if (label === none || Number.isNaN(label)) continue;
    const last = words.at(-1);
    if (last && last.to === t && last.label === label) last.to = t + 1;
    else words.push({ label, from: t, to: t + 1 });
  }
  return words;
}
