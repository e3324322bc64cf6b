import type { Window } from "../../cells/index.js";
import type { Rng } from "../../core/index.js";
import type { LabelledSequence } from "./supervised-job.js";

/** So many batches' sequences are sorted by length together, so that batches need little padding. */
const TOGETHER = 8;

/** Cuts sequences into batches of like lengths, in random order; the last may be smaller. */
export function shuffledBatches<S extends Pick<LabelledSequence, "x">>(
  sequences: readonly S[],
  batch: number,
  rng: Rng,
): readonly (readonly S[])[] {
  const mixed = shuffled(sequences, rng);
  const batches: S[][] = [];
  for (let at = 0; at < mixed.length; at += TOGETHER * batch) {
    const pool = mixed.slice(at, at + TOGETHER * batch).sort((a, b) => a.x.steps - b.x.steps);
    for (let from = 0; from < pool.length; from += batch) batches.push(pool.slice(from, from + batch));
  }
  return shuffled(batches, rng);
}

/** A copy in random order (Fisher and Yates). */
export function shuffled<T>(list: readonly T[], rng: Rng): T[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = rng.integer(i + 1);
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

/** Steps of the window that a sequence goes into: 8, 12, 16, 24, 32, 48, ...: few sizes, for windows stay. */
export function windowSteps(steps: number): number {
  let size = 8;
  while (size < steps) size = (size & (size - 1)) === 0 ? size * 1.5 : (size / 3) * 4;
  return size;
}

/**
 * Lays sequences side by side in a window, each from its first step on; what is behind a sequence's end is zeros, and
 * begins anew, so that a cell that reads from the end begins at the sequence's own.
 */
export function fillWindow(window: Window, batch: readonly Pick<LabelledSequence, "x">[]): void {
  const { steps } = window;
  const inputs = window.input.length / (window.batch * steps);
  const { input } = window;
  input.fill(0);
  window.begins.fill(0);
  window.initial.fill(0);
  for (const [b, { x }] of batch.entries()) {
    x.write(input, b * steps * inputs);
    const end = x.steps;
    if (end < steps) window.begins[b * steps + end] = 1;
  }
}
