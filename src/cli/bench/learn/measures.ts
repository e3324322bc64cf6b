import { Network } from "../../../cells/index.js";
import { Rng, request } from "../../../core/index.js";
import { writePromotion } from "../../../stream/index.js";
import { forecasterFromBytes, forecasterToBytes } from "../../../training/index.js";
import { DAY, LearningStream } from "./learning-stream.js";
import { changedFrequency, type Signal, shifted, steady, stuck } from "./signals.js";

/** One seed's outcome: figures by name, which are what a goal is about and what explains it. */
export type Figures = Readonly<Record<string, number>>;

/** A measurement of learning on a synthetic stream. */
export interface Measure {
  readonly name: string;
  /** What is done. */
  readonly words: string;
  /** The figure that has a goal, and the most it may be. */
  readonly goal: { readonly figure: string; readonly most: number };
  readonly run: (seed: number) => Promise<Figures>;
}

/** Records of a stream; half-way it changes. */
const LENGTH = 6000;
const HALF = LENGTH / 2;
/** Mean of |e| over its standard deviation, of normal noise. */
const MEAN_OF_NORMAL = 0.7979;
/** A network is spoiled by so much noise on every weight. */
const SPOILING = 0.2;
/** Records over which a bad network's cost is counted. */
const AFTERMATH = 1000;

/** Issue's measurements, in its order. */
export const MEASURES: readonly Measure[] = [
  {
    name: "frequency",
    words: "frequency changes half-way: error over the second half / frozen",
    goal: { figure: "ratio", most: 0.5 },
    run: (seed) => change(seed, changedFrequency(seed, LENGTH, HALF)),
  },
  {
    name: "shift",
    words: "level and amplitude shift half-way: error over the second half / frozen",
    goal: { figure: "ratio", most: 0.85 },
    run: (seed) => change(seed, shifted(seed, LENGTH, HALF)),
  },
  {
    name: "stuck",
    words: "a stuck day: error over the rest / frozen",
    goal: { figure: "ratio", most: 1.02 },
    run: stuckDay,
  },
  {
    name: "bad-promotion",
    words: "a spoiled network is promoted by request: records until it is rolled back",
    goal: { figure: "records", most: 500 },
    run: badPromotion,
  },
];

/** A stream that becomes another half-way, with learning and without. */
async function change(seed: number, { values, noise }: Signal): Promise<Figures> {
  const learning = await stepped(seed, true, values);
  const frozen = await stepped(seed, false, values);
  const before = meanOf(frozen.errors, 0, HALF);
  const still = meanOf(frozen.errors, HALF, LENGTH);
  return {
    ratio: meanOf(learning.errors, HALF, LENGTH) / still,
    // Once it has learned: over the last quarter of what is new.
    settled:
      meanOf(learning.errors, LENGTH - HALF / 4, LENGTH) / meanOf(frozen.errors, LENGTH - HALF / 4, LENGTH),
    // No forecast errs less than the noise.
    least: (MEAN_OF_NORMAL * noise) / still,
    frozenBefore: before,
    frozenAfter: still,
    promotions: learning.of("checkpoint").length - 1,
  };
}

async function stuckDay(seed: number): Promise<Figures> {
  const end = HALF + DAY;
  const { values } = stuck(seed, LENGTH, HALF, end);
  const learning = await stepped(seed, true, values);
  const frozen = await stepped(seed, false, values);
  const over = (from: number, to: number) =>
    meanOf(learning.errors, from, to) / meanOf(frozen.errors, from, to);
  const rest = (errors: readonly number[]) =>
    mean([...errors.slice(0, HALF), ...errors.slice(end + 1)].filter((error) => !Number.isNaN(error)));
  const blocks = Array.from({ length: 5 }, (_, i) => over(end + 1 + i * 500, end + 1 + (i + 1) * 500));
  return {
    ratio: rest(learning.errors) / rest(frozen.errors),
    after: over(end + 1, LENGTH),
    worst500: Math.max(...blocks),
    promotions: learning.of("checkpoint").length - 1,
  };
}

/** A network whose weights are disturbed comes into service by request, on a stream that stays the same. */
async function badPromotion(seed: number): Promise<Figures> {
  const { values } = steady(seed, HALF + AFTERMATH);
  const spared = await stepped(seed, true, values);
  const stream = await LearningStream.start(seed, true);
  await stream.step(values.subarray(0, HALF));
  const inService = stream.made;
  if (inService === undefined || stream.of("checkpoint").length === 0) {
    return { records: Number.NaN, worse: Number.NaN, cost: Number.NaN };
  }
  const body = writePromotion({ model: "spoiled", bytes: spoiled(inService, seed) });
  await stream.ask(request({ kind: "promote", id: "spoiled", why: "bench", body }));
  await stream.step(values.subarray(HALF));
  const back =
    stream.told.find(({ at, report }) => at > HALF && "model" in report && report.kind === "rolled-back") ??
    stream.told.find(({ at, report }) => at > HALF && report.kind === "checkpoint");
  const until = back?.at ?? HALF + AFTERMATH;
  const usual = meanOf(spared.errors, HALF, HALF + AFTERMATH);
  const excess = (meanOf(stream.errors, HALF, HALF + AFTERMATH) - usual) * AFTERMATH;
  return {
    records: back === undefined ? Number.POSITIVE_INFINITY : until - HALF,
    // By what factor it erred more while it served.
    worse: meanOf(stream.errors, HALF, until) / meanOf(spared.errors, HALF, until),
    // All that it cost, as so many records' usual errors.
    cost: excess / usual,
  };
}

/** The same networks with normal noise on every weight. */
export function spoiled(forecaster: Uint8Array, seed: number): Uint8Array {
  const rng = new Rng(seed);
  const { networks } = forecasterFromBytes(forecaster, "spoiled");
  const disturbed = networks.map((members) =>
    members.map(({ shape, name, weights }) => {
      const network = new Network(shape, name);
      network.weights.set(weights.map((weight) => Math.fround(weight + SPOILING * rng.normal())));
      return network;
    }),
  );
  return forecasterToBytes({ networks: disturbed });
}

async function stepped(seed: number, learns: boolean, values: Float64Array): Promise<LearningStream> {
  const stream = await LearningStream.start(seed, learns);
  await stream.step(values);
  return stream;
}

/** Of what is known in [from, to). */
function meanOf(errors: readonly number[], from: number, to: number): number {
  return mean(errors.slice(from, to).filter((error) => !Number.isNaN(error)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
