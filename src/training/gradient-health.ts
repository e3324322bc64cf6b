import type { TrainableNetwork } from "../cells/index.js";
import { gradientAdvice } from "./gradient-advice.js";
import { gradientReach, type LayerReach } from "./gradient-reach.js";
import type { GuardedUpdate } from "./guarded-update.js";
import { type Leftover, leftoverMemory } from "./leftover-memory.js";
import { median } from "./median.js";
import type { SequenceBatch } from "./sequence-batch.js";

/** Steps back that are looked at, at least. */
const DEPTH = 128;

/** How the gradients of a training fared: plain data, for people and JSON. */
export interface GradientHealth {
  /** Updates tried. */
  readonly updates: number;
  /** Global norm of the gradient before clipping, of the updates that were made; null without any. */
  readonly norm: { readonly median: number; readonly largest: number } | null;
  /** Share of the updates whose gradient was clipped, in [0, 1]. */
  readonly clipped: number;
  /** Share of the updates that were refused, since loss or gradient were not finite, in [0, 1]. */
  readonly refused: number;
  /** By layer from the lowest, at the end of training; empty when the history holds no stretch to look at. */
  readonly layers: readonly LayerReach[];
  /** The memory that the data has and the network leaves unused; null: none was found. */
  readonly leftover: Leftover | null;
  /** What to do about it, in words; empty when all is well. */
  readonly advice: readonly string[];
}

export interface TrainingEnd {
  /** What came of the training; its gradients are cleared, all else stays. */
  readonly network: TrainableNetwork;
  /** That it learned from. */
  readonly lanes: SequenceBatch;
  /** (k1, k2) */
  readonly tbptt: readonly [number, number];
  /** By which it learned. */
  readonly update: GuardedUpdate;
}

/**
 * Judges a training by its updates and by a probe of the network that came of it: a pass over a few
 * stretches of its history, there and back, and one over at most 4,096 steps, there.
 */
export function gradientHealth({ network, lanes, tbptt: [, k2], update }: TrainingEnd): GradientHealth {
  const depth = Math.max(k2, DEPTH);
  const layers = gradientReach(network, lanes, depth);
  const leftover = layers.length === 0 ? undefined : leftoverMemory(network, lanes, depth);
  const { refused, clipped } = update;
  const norms = Float64Array.from(update.norms);
  const updates = norms.length + refused;
  const share = (count: number) => (updates === 0 ? 0 : count / updates);
  return {
    updates,
    norm:
      norms.length === 0 ? null : { median: median(norms), largest: norms.reduce((a, b) => Math.max(a, b)) },
    clipped: share(clipped),
    refused: share(refused),
    layers,
    leftover: leftover ?? null,
    advice: gradientAdvice({ cell: network.shape.cell, k2, updates, refused, layers, leftover }),
  };
}
