import { Rng, sin } from "../../../core/index.js";

const TAU = 6.283185307179586;

/** A synthetic stream, one number a record. */
export interface Signal {
  readonly values: Float64Array;
  /** Standard deviation of what nobody can foresee. */
  readonly noise: number;
}

/** What a wave is at record t. */
interface Wave {
  /** In records. */
  readonly period: number;
  readonly level: number;
  readonly amplitude: number;
}

const NOISE = 0.1;

/** A wave with noise that is another wave from record `at` on; its phase goes on. */
function waves(rng: Rng, length: number, at: number, before: Wave, after: Wave): Signal {
  let phase = TAU * rng.uniform();
  const values = Float64Array.from({ length }, (_, t) => {
    const { period, level, amplitude } = t < at ? before : after;
    phase += TAU / period;
    return level + amplitude * sin(phase) + NOISE * rng.normal();
  });
  return { values, noise: NOISE };
}

function firstWave(rng: Rng): Wave {
  return { period: between(rng, 20, 40), level: 10, amplitude: 1 };
}

/** Its period becomes 0.4 to 0.7, or 1.5 to 2.5, times as long. */
export function changedFrequency(seed: number, length: number, at: number): Signal {
  const rng = new Rng(seed);
  const before = firstWave(rng);
  const factor = rng.uniform() < 0.5 ? between(rng, 0.4, 0.7) : between(rng, 1.5, 2.5);
  return waves(rng, length, at, before, { ...before, period: factor * before.period });
}

/** Its level moves by 2 to 5 amplitudes, up or down, and its amplitude becomes 1.5 to 3 times as large. */
export function shifted(seed: number, length: number, at: number): Signal {
  const rng = new Rng(seed);
  const before = firstWave(rng);
  const way = rng.uniform() < 0.5 ? -1 : 1;
  const level = before.level + way * between(rng, 2, 5);
  return waves(rng, length, at, before, { ...before, level, amplitude: between(rng, 1.5, 3) });
}

/** It stays the same wave. */
export function steady(seed: number, length: number): Signal {
  const rng = new Rng(seed);
  const wave = firstWave(rng);
  return waves(rng, length, length, wave, wave);
}

/** A steady wave whose sensor stands still over records [from, to). */
export function stuck(seed: number, length: number, from: number, to: number): Signal {
  const { values, noise } = steady(seed, length);
  return { values: values.fill(values[from]!, from, to), noise };
}

export const NOISES = ["white noise", "AR(1)", "random walk"] as const;
export type NoiseKind = (typeof NOISES)[number];

/** AR(1)'s coefficient. */
const MEMORY = 0.8;

/** Standard normal shocks, taken as they are, or summed up with a memory of 0.8 or of 1. */
export function noise(kind: NoiseKind, seed: number, length: number): Float64Array {
  const rng = new Rng(seed);
  const kept = { "white noise": 0, "AR(1)": MEMORY, "random walk": 1 }[kind];
  let value = 0;
  return Float64Array.from({ length }, () => {
    value = kept * value + rng.normal();
    return value;
  });
}

function between(rng: Rng, low: number, high: number): number {
  return low + (high - low) * rng.uniform();
}
