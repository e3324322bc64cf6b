import { describe, expect, it } from "vitest";
import { Network } from "../../src/cells/index.js";
import { Rng, sin } from "../../src/core/index.js";
import {
  forecasterFromBytes,
  forecasterToBytes,
  type TrainingJob,
  type TrainingProgress,
  type TrainingSequence,
  trainForecaster,
} from "../../src/training/index.js";

/** A history whose inputs are its last step and its value, its scale the mean step so far. */
function history(y: readonly number[]): TrainingSequence {
  const T = y.length;
  const x = new Float64Array(2 * T);
  const scale = new Float64Array(T);
  let sum = 0;
  for (let t = 1; t < T; t++) {
    const step = (y[t] ?? NaN) - (y[t - 1] ?? NaN);
    sum += Math.abs(step);
    scale[t] = sum / t;
    x[2 * t] = step === 0 ? 0 : step / (sum / t);
    x[2 * t + 1] = (y[t] ?? NaN) / 3;
  }
  const begins = new Uint8Array(T);
  begins[0] = 1;
  return { x, y: Float64Array.from(y), scale, begins };
}

function noisySine(length: number, seed = 1): TrainingSequence {
  const rng = new Rng(seed);
  return history(Array.from({ length }, (_, t) => sin((2 * Math.PI * t) / 24) + 0.2 * rng.normal()));
}

function randomWalk(length: number, seed: number): TrainingSequence {
  const rng = new Rng(seed);
  let y = 0;
  return history(
    Array.from({ length }, () => {
      y += rng.normal();
      return y;
    }),
  );
}

function job(sequences: readonly TrainingSequence[], changes: Partial<TrainingJob> = {}): TrainingJob {
  return {
    seed: 1,
    cell: "gru",
    hidden: 16,
    layers: 1,
    members: 1,
    inputs: 2,
    targets: 1,
    horizons: [1],
    tbptt: [32, 64],
    sequences,
    ...changes,
  };
}

describe("trainForecaster()", () => {
  it.each(["rnn", "gru", "lstm"] as const)("trainForecaster() learns a noisy sine, %s", (cell) => {
    const result = trainForecaster(job([noisySine(1_000)], { cell }));
    expect(result.accepted).toBe(true);
    expect(result.validation.network).toBeLessThan(0.8 * result.validation.persistence);
    expect(result.why).toMatch(/better than its rivals/);
    const [network] = forecasterFromBytes(result.forecaster, "trained").networks.flat();
    expect(network?.weights).toHaveLength(result.parameters);
  });

  it("trainForecaster() accepts no network on random walks: nothing can be foretold", () => {
    for (const seed of [1, 2, 3, 4]) {
      const result = trainForecaster(job([randomWalk(800, seed)], { seed }));
      expect(result.accepted, result.why).toBe(false);
      expect(result.validation.network).toBeLessThanOrEqual(result.validation.persistence);
      expect(result.why).toMatch(/does not beat persistence/);
    }
  });

  it("trainForecaster() gives identical bytes for the same job, others for another seed", () => {
    const data = [noisySine(300)];
    const first = trainForecaster(job(data, { maxEpochs: 3 }));
    expect(trainForecaster(structuredClone(job(data, { maxEpochs: 3 })))).toEqual(first);
    expect(trainForecaster(job(data, { maxEpochs: 3, seed: 2 })).forecaster).not.toEqual(first.forecaster);
  });

  it("trainForecaster() learns from several keys, targets and horizons and reports its progress", () => {
    const [a, b, c] = [noisySine(300, 1), noisySine(150, 2), noisySine(5, 3)];
    const both = (first: Float64Array, width: number) =>
      Float64Array.from({ length: first.length * width }, (_, i) => first[Math.floor(i / width)] ?? NaN);
    const widen = ({ x, y, scale, begins }: TrainingSequence) => ({
      x,
      y: both(y, 2),
      scale: both(scale, 6),
      begins,
    });
    const progress: TrainingProgress[] = [];
    const result = trainForecaster(
      job([widen(a), widen(b), widen(c)], { targets: 2, horizons: [1, 2, 6], layers: 2, maxEpochs: 4 }),
      (report) => progress.push(report),
    );
    const { networks } = forecasterFromBytes(result.forecaster, "trained");
    expect(networks.map((members) => members.map(({ shape }) => shape.outputs))).toEqual([[2], [2], [2]]);
    const epochs = Array.from({ length: 12 }, (_, i) => [i + 1, 12]);
    expect(progress.map((report) => [report.epoch, report.epochs])).toEqual(epochs);
    expect(progress[3]?.loss).toBeLessThan(progress[0]?.loss ?? NaN);
    expect(result.epochs).toBe(12);
  });

  it("trainForecaster() starts from the initial network and must beat that too", () => {
    const data = [noisySine(600)];
    const learned = trainForecaster(job(data));
    const again = trainForecaster(job(data, { initial: learned.forecaster, maxEpochs: 3 }));
    // In the end it learned from the part that validated it.
    expect(again.validation.incumbent).toBeLessThan(learned.validation.network);
    expect(again.validation.network).toBeLessThanOrEqual(again.validation.incumbent!);
    expect(again.accepted).toBe(false);
    expect(again.why).toMatch(/does not beat the network in service/);

    const [network] = forecasterFromBytes(learned.forecaster, "trained").networks.flat();
    const untrained = new Network(network!.shape).initialize(new Rng(9));
    const initial = forecasterToBytes({ networks: [[untrained]] });
    const better = trainForecaster(job(data, { initial }));
    expect(better.accepted).toBe(true);
  });

  it("trainForecaster() takes the mean of its members, which errs less than they do alone", () => {
    const data = [noisySine(600)];
    const one = trainForecaster(job(data));
    const three = trainForecaster(job(data, { members: 3 }));
    expect(forecasterFromBytes(three.forecaster, "trained").networks[0]).toHaveLength(3);
    expect(three.parameters).toBe(3 * one.parameters);
    expect(three.validation.network).toBeLessThan(one.validation.network);
  });

  it("trainForecaster() gives unused inputs no weight", () => {
    const data = [noisySine(300)];
    const [network] = forecasterFromBytes(
      trainForecaster(job(data, { unused: [1], maxEpochs: 3 })).forecaster,
      "trained",
    ).networks.flat();
    const { values } = network!.parameter("rnn.weight_ih_l0");
    expect(values.filter((_, i) => i % 2 === 1).every((weight) => weight === 0)).toBe(true);
    expect(values.filter((_, i) => i % 2 === 0).every((weight) => weight !== 0)).toBe(true);
  });

  it("trainForecaster() refuses an initial network of another shape", () => {
    const initial = trainForecaster(job([noisySine(100)], { maxEpochs: 1 })).forecaster;
    expect(() => trainForecaster(job([noisySine(100)], { initial, hidden: 8 }))).toThrow(
      /expected 1 x 1 x gru, 2 inputs, 1 x 8 hidden, 1 outputs, found 1 x 1 x gru, 2 inputs, 1 x 16 hidden/,
    );
  });

  it("trainForecaster() accepts nothing, untrained, when there is no history to learn from", () => {
    for (const sequences of [[], [noisySine(3)]]) {
      const result = trainForecaster(job(sequences));
      expect(result).toMatchObject({
        accepted: false,
        epochs: 0,
        why: expect.stringMatching(/too little history/),
      });
    }
    const constant = trainForecaster(job([history(new Array(200).fill(5))]));
    expect(constant).toMatchObject({ accepted: false, epochs: 0 });
  });

  it.each(["x", "y", "scale"] as const)("trainForecaster() refuses NaN in %s and says where", (name) => {
    const sequence = noisySine(100);
    sequence[name][42] = NaN;
    const step = name === "x" ? 21 : 42;
    expect(() => trainForecaster(job([noisySine(50), sequence]))).toThrow(
      expect.objectContaining({
        code: "TRAINING_JOB",
        message: `Cannot train forecaster on sequence 1: expected finite ${name}, found NaN at step ${step}`,
      }),
    );
  });

  it("trainForecaster() refuses arrays that do not fit together, sizes and horizons that make no sense", () => {
    const sequence = { ...noisySine(100), y: new Float64Array(99) };
    expect(() => trainForecaster(job([sequence]))).toThrow(/expected 100 x 1 values in y, found 99/);
    expect(() => trainForecaster(job([], { horizons: [1, 0] }))).toThrow(
      /expected positive integers, found \[1, 0\]/,
    );
    expect(() => trainForecaster(job([], { maxEpochs: 0 }))).toThrow(/expected a positive integer, found 0/);
    expect(() => trainForecaster(job([], { hidden: 0 }))).toThrow(
      expect.objectContaining({ code: "NETWORK_SHAPE" }),
    );
  });

  it("trainForecaster() goes on after the networks that are finished, to the same bytes", () => {
    const two = job([noisySine(400)], { members: 2, maxEpochs: 4 });
    const kept: Uint8Array[] = [];
    const whole = trainForecaster({ ...two, finished: [] }, ({ finished }) => {
      if (finished) kept.push(finished);
    });
    expect(kept).toHaveLength(2);
    for (const count of [1, 2]) {
      const epochs: number[] = [];
      const rest = trainForecaster({ ...two, finished: kept.slice(0, count) }, ({ epoch, finished }) => {
        if (!finished) epochs.push(epoch);
      });
      expect(rest).toEqual(whole);
      expect(epochs).toEqual(count === 1 ? [5, 6, 7, 8] : []);
    }
    expect(trainForecaster(two, ({ finished }) => expect(finished).toBeUndefined())).toEqual(whole);
  });
});
