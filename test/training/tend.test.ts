import { describe, expect, it } from "vitest";
import { Network } from "../../src/cells/index.js";
import { Rng, sin } from "../../src/core/index.js";
import {
  type Evidence,
  forecasterFromBytes,
  forecasterToBytes,
  NO_EVIDENCE,
  type TendedSequence,
  type TendJob,
  type TendResult,
  tend,
  trainForecaster,
} from "../../src/training/index.js";
import { leaveOut } from "../../src/training/leave-out.js";

/** A sine with noise whose period changes at `change`; inputs are its last step and its value. */
function stream(length: number, change: number, seed: number) {
  const rng = new Rng(seed);
  let phase = 0;
  const y = Float64Array.from({ length }, (_, t) => {
    phase += 6.283185307179586 / (t < change ? 24 : 13);
    return sin(phase) + 0.05 * rng.normal();
  });
  const unit = 0.2;
  const x = new Float64Array(2 * length);
  for (let t = 1; t < length; t++) {
    x[2 * t] = (y[t]! - y[t - 1]!) / unit;
    x[2 * t + 1] = y[t]!;
  }
  return { x, y, scale: new Float64Array(length).fill(unit), begins: new Uint8Array(length) };
}

type Stream = ReturnType<typeof stream>;

function part(all: Stream, end: number, fresh: number): TendedSequence {
  const from = Math.max(0, end - 2000);
  return {
    x: all.x.slice(2 * from, 2 * end),
    y: all.y.slice(from, end),
    scale: all.scale.slice(from, end),
    begins: Uint8Array.from({ length: end - from }, (_, t) => (t === 0 ? 1 : 0)),
    fresh,
    recent: end - from,
    intervalMs: 0,
  };
}

function first(all: Stream, end: number): Uint8Array {
  const { fresh: _, recent: __, intervalMs: ___, ...sequence } = part(all, end, 0);
  return trainForecaster({
    seed: 1,
    cell: "gru",
    hidden: 8,
    layers: 1,
    members: 1,
    inputs: 2,
    targets: 1,
    horizons: [1],
    tbptt: [24, 24],
    sequences: [sequence],
    maxEpochs: 15,
  }).forecaster;
}

interface Step {
  readonly at: number;
  readonly result: TendResult;
}

/** Looks after a forecaster, every 100 events; tunes every 200. */
function tendOver(all: Stream, from: number, service: Uint8Array, previous?: Uint8Array) {
  const steps: Step[] = [];
  let job: Omit<TendJob, "sequences" | "tune"> = {
    targets: 1,
    horizons: [1],
    service,
    evidence: NO_EVIDENCE,
    regrets: NO_EVIDENCE,
    ...(previous ? { previous } : {}),
  };
  for (let at = from; at <= all.y.length; at += 100) {
    const tune = (at - from) % 200 === 0 ? { tune: { seed: at, unused: [] } } : {};
    const result = tend({ ...job, ...tune, sequences: [part(all, at, at === from ? 0 : 100)] });
    const { apprentice, evidence, regrets } = result;
    const { previous: before, ...rest } = job;
    job = { ...rest, ...(before ? { previous: before } : {}), apprentice, evidence, regrets };
    if (result.decision === "promoted") job = { ...job, previous: job.service, service: result.forecaster };
    if (result.decision === "rolled-back") {
      const { previous: _, ...without } = job;
      job = { ...without, service: result.forecaster };
    }
    steps.push({ at, result });
  }
  return { steps, service: job.service };
}

describe("tend()", () => {
  const all = stream(3600, 1500, 1);
  const service = first(all, 1500);
  const tended = tendOver(all, 1500, service);

  /** Mean error on the last 500 events, in usual steps. */
  function errorAtTheEnd(forecaster: Uint8Array): number {
    const { evidence } = tend({
      targets: 1,
      horizons: [1],
      service: forecaster,
      evidence: NO_EVIDENCE,
      regrets: NO_EVIDENCE,
      sequences: [part(all, all.y.length, 500)],
    });
    return evidence.service.reduce((sum, error) => sum + error, 0) / evidence.service.length;
  }

  it("tend() brings a network that has learned what changed into service, and gives the same result again", () => {
    const { steps, service: last } = tended;
    const promoted = steps.filter(({ result }) => result.decision === "promoted");
    expect(promoted.length).toBeGreaterThan(0);
    expect(promoted[0]?.at).toBeLessThan(2400);
    expect(errorAtTheEnd(last)).toBeLessThan(0.6 * errorAtTheEnd(service));
    expect(steps[0]?.result.tuning).toMatchObject({ updates: 200, refused: 0, diverged: false });
    expect(steps[1]?.result.tuning).toBeUndefined();
    expect(tendOver(all, 1500, service).service).toEqual(last);
  });

  it("tend() rolls a bad network back within 500 events", () => {
    const steady = stream(2200, Number.POSITIVE_INFINITY, 2);
    const good = first(steady, 1500);
    const [network] = forecasterFromBytes(good, "good").networks.flat();
    const spoiled = new Network(network!.shape);
    const rng = new Rng(4);
    spoiled.weights.set(network!.weights.map((weight) => Math.fround(weight + 0.2 * rng.normal())));
    const bad = forecasterToBytes({ networks: [[spoiled]] });
    const { steps } = tendOver(steady, 1500, bad, good);
    const back = steps.find(({ result }) => result.decision !== "none");
    expect(back?.result.decision).toBe("rolled-back");
    expect(back?.at).toBeLessThanOrEqual(2000);
    expect(back?.result.why).toMatch(/^the one before errs/);
    expect(back?.result.forecaster).toEqual(good);
  });

  it("tend() retires a network that errs more than naive forecasts, and forgets the evidence", () => {
    // Twice as slow, and much quieter: the old network goes on moving.
    const calm = stream(2200, 1500, 3);
    for (let t = 1500; t < 2200; t++) calm.y[t] = calm.y[1499]! + 0.001 * (t - 1500);
    const { steps } = tendOver(calm, 1500, first(calm, 1500));
    const [decision] = steps.filter(({ result }) => result.decision !== "none");
    expect(decision?.result).toMatchObject({ decision: "retired", evidence: NO_EVIDENCE });
    expect(decision?.result.forecaster.length).toBe(0);
    expect(decision?.result.why).toMatch(/^errs [0-9.]+ % more than the naive forecast over [0-9]+ events/);
  });

  it("tend() brings nothing into service on noise", () => {
    for (const seed of [11, 12, 13]) {
      const rng = new Rng(seed);
      const noise = stream(2600, 0, seed);
      for (let t = 0; t < noise.y.length; t++) noise.y[t] = rng.normal();
      for (let t = 1; t < noise.y.length; t++) {
        noise.x[2 * t] = noise.y[t]! - noise.y[t - 1]!;
        noise.x[2 * t + 1] = noise.y[t]!;
      }
      noise.scale.fill(1);
      const { steps } = tendOver(noise, 1500, first(noise, 1500));
      expect(steps.filter(({ result }) => result.decision === "promoted")).toEqual([]);
    }
  });

  it("tend() judges by the newest targets alone, against the better naive forecast", () => {
    const { result } = tended.steps[1]!;
    const count = (evidence: Evidence) => [
      evidence.service.length,
      evidence.candidate.length,
      evidence.naive.length,
    ];
    expect(count(result.evidence)).toEqual([100, 100, 100]);
    expect(Math.max(...result.evidence.service)).toBeLessThanOrEqual(8);
  });
});

describe("leaveOut()", () => {
  it("leaveOut() forgets what is wanted where a sensor stands still for long, or leaps", () => {
    const rng = new Rng(3);
    const y = Float64Array.from({ length: 200 }, (_, t) => (t >= 100 && t < 140 ? 5 : rng.normal()));
    const wanted = new Float64Array(200).fill(1);
    wanted[20] = 9;
    wanted[30] = -9;
    leaveOut(wanted, y, 1);
    const left = [...wanted.keys()].filter((t) => Number.isNaN(wanted[t]));
    expect(left).toEqual([20, 30, ...Array.from({ length: 40 }, (_, i) => 100 + i)]);
  });

  it("leaveOut() keeps standstills that are usual", () => {
    const y = Float64Array.from({ length: 400 }, (_, t) => Math.floor(t / 20));
    const wanted = leaveOut(new Float64Array(400).fill(1), y, 1);
    expect(wanted.every((value) => value === 1)).toBe(true);
  });
});
