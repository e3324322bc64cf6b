import { describe, expect, it } from "vitest";
import { Rng } from "../../src/core/index.js";
import { type GradientFindings, gradientAdvice } from "../../src/training/gradient-advice.js";
import { type LayerReach, type TrainingJob, trainForecaster } from "../../src/training/index.js";

/** A layer whose gradients reach so many steps of 128, and grow so many times. */
function layer(steps: number, norm = 1, distance = 0): LayerReach {
  return { distances: [0, 1], norms: [1, 0.9], steps, depth: 128, largest: { norm, distance } };
}

const healthy: GradientFindings = {
  cell: "gru",
  k2: 24,
  updates: 600,
  refused: 0,
  layers: [layer(20)],
  leftover: null,
};
const advice = (changes: Partial<GradientFindings>) => gradientAdvice({ ...healthy, ...changes });
const leftover = (lag: number) => ({ lag, correlation: 0.3 });

describe("gradientAdvice()", () => {
  it("gradientAdvice() is silent when all is well, even if gradients are short", () => {
    expect(advice({})).toEqual([]);
    expect(advice({ cell: "rnn", layers: [layer(3)] })).toEqual([]);
    expect(advice({ leftover: leftover(5) })).toEqual([]);
    expect(advice({ layers: [], leftover: undefined })).toEqual([]);
  });

  it("gradientAdvice() names a memory that gradients do not reach, and what does reach it", () => {
    expect(advice({ cell: "rnn", layers: [layer(9)], leftover: leftover(60) })).toEqual([
      "gradients vanish after 9 steps: this RNN cannot use the 60-step memory that the data has; try a GRU",
    ]);
    expect(advice({ leftover: leftover(60) })).toEqual([
      "gradients vanish after 20 steps: this GRU cannot use the 60-step memory that the data has; " +
        "give it the value of 60 steps before as an input, or let training look back further than 24 steps (learn.tbptt)",
    ]);
    expect(advice({ cell: "lstm", k2: 96, layers: [layer(1), layer(20)], leftover: leftover(60) })).toEqual([
      "gradients vanish after 20 steps: this LSTM cannot use the 60-step memory that the data has; " +
        "give it the value of 60 steps before as an input",
    ]);
  });

  it("gradientAdvice() names a memory that training does not look back to", () => {
    expect(advice({ layers: [layer(128)], leftover: leftover(60) })).toEqual([
      "the data has a 60-step memory that this GRU could use, its gradients reach 128 steps: " +
        "let training look back further than 24 steps (learn.tbptt)",
    ]);
  });

  it("gradientAdvice() says so when the history is too short to tell what memory the data has", () => {
    expect(advice({ cell: "rnn", layers: [layer(1)], leftover: undefined })).toEqual([
      "gradients vanish after 1 step of the 24 that training looks back: the history is too short to tell " +
        "whether the data has a longer memory; if so, try a GRU",
    ]);
    expect(advice({ cell: "rnn", layers: [layer(24)], leftover: undefined })).toEqual([]);
    expect(advice({ layers: [layer(1)], leftover: undefined })).toEqual([]);
  });

  it("gradientAdvice() names what explodes, layer by layer, and refused updates", () => {
    expect(advice({ cell: "rnn", refused: 3, layers: [layer(128, 340.4, 12), layer(128, 99, 40)] })).toEqual([
      "3 of 600 updates were refused, since the loss or its gradient was not finite: look for inputs that are " +
        "far out of scale",
      "gradients grow 340-fold on their way back over 12 steps in layer 1: try a GRU, or look back fewer than " +
        "12 steps (learn.tbptt)",
    ]);
    expect(advice({ layers: [layer(128, 1e4, 60)] })).toEqual([
      "gradients grow 10000-fold on their way back over 60 steps: try a lower learning rate",
    ]);
  });
});

/** Every step of y is what the one input was `lag` steps before, and a little noise. */
function remembering(lag: number, T = 1500): TrainingJob["sequences"][number] {
  const rng = new Rng(5);
  const x = Float64Array.from({ length: T }, () => rng.normal());
  const y = new Float64Array(T);
  for (let t = 1; t < T; t++) y[t] = y[t - 1]! + (x[t - 1 - lag] ?? 0) + 0.3 * rng.normal();
  const begins = new Uint8Array(T);
  begins[0] = 1;
  return { x, y, scale: new Float64Array(T).fill(1), begins };
}

function train(changes: Partial<TrainingJob>) {
  return trainForecaster({
    seed: 1,
    cell: "rnn",
    hidden: 8,
    layers: 1,
    members: 1,
    inputs: 1,
    targets: 1,
    horizons: [1],
    tbptt: [24, 24],
    sequences: [remembering(60)],
    maxEpochs: 8,
    ...changes,
  });
}

describe("TrainingResult.gradients", () => {
  it("TrainingResult.gradients tells that an rnn misses a memory of 60 steps, and of how many it makes use", () => {
    const [{ horizon, networks } = { networks: [] }] = train({}).gradients;
    const [health] = networks;
    expect(horizon).toBe(1);
    expect(health?.leftover).toMatchObject({ lag: 60 });
    const [{ steps } = { steps: NaN }] = health!.layers;
    expect(steps).toBeLessThan(40);
    expect(health?.advice).toEqual([
      `gradients vanish after ${steps} steps: this RNN cannot use the 60-step memory that the data has; try a GRU`,
    ]);
    expect(health?.norm?.largest).toBeGreaterThan(health!.norm!.median);
    expect(health).toMatchObject({ updates: 8 * Math.ceil(1200 / 4 / 24), refused: 0 });
  });

  it("TrainingResult.gradients has nothing to say where the memory is short enough to be learned", () => {
    const [{ networks } = { networks: [] }] = train({
      cell: "gru",
      sequences: [remembering(2)],
      maxEpochs: 60,
    }).gradients;
    expect(networks[0]).toMatchObject({ leftover: null, advice: [] });
  });

  it("TrainingResult.gradients is plain data by horizon, network and layer, the same for the same job", () => {
    const changes = { horizons: [1, 2], members: 2, layers: 2, maxEpochs: 1, sequences: [wide(2)] };
    const { gradients } = train(changes);
    expect(gradients.map(({ horizon, networks }) => [horizon, networks.length])).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(gradients[1]?.networks[1]?.layers).toHaveLength(2);
    expect(JSON.parse(JSON.stringify(gradients))).toEqual(gradients);
    expect(train(changes).gradients).toEqual(gradients);
  });

  it("TrainingResult.gradients knows nothing where nothing was learned", () => {
    const [{ networks } = { networks: [] }] = train({ sequences: [] }).gradients;
    expect(networks).toEqual([
      { updates: 0, norm: null, clipped: 0, refused: 0, layers: [], leftover: null, advice: [] },
    ]);
  });
});

/** `remembering`, with room for more horizons' scales. */
function wide(horizons: number): TrainingJob["sequences"][number] {
  const sequence = remembering(60);
  return { ...sequence, scale: new Float64Array(sequence.begins.length * horizons).fill(1) };
}
