import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Delivery, Rng, type StreamEvent, streamEvent } from "../../../src/core/index.js";
import { Fourier } from "../../../src/features/audio/fourier.js";
import { type Feature, featureStage } from "../../../src/features/index.js";
import { stateSlotLaws } from "../../conformance/state-slot.js";

/** Made by numpy and scipy (rfft, hamming, dct-II) from the formulas, with nothing of Eddy's; rounded to 12 digits. */
interface Golden {
  readonly rate: number;
  readonly window: number;
  readonly hop: number;
  readonly filters: number;
  readonly low: number;
  readonly high: number;
  readonly cepstra: number;
  readonly preEmphasis: number;
  readonly pcm: readonly number[];
  readonly logMel: readonly (readonly number[])[];
  readonly mfcc: readonly (readonly number[])[];
}
const goldens: readonly Golden[] = JSON.parse(
  readFileSync(new URL("./cepstra-golden.json", import.meta.url), "utf8"),
);
const TOLERANCE = 1e-9;

const featureOf = (golden: Golden, more: Partial<Extract<Feature, { kind: "audio" }>> = {}): Feature => ({
  kind: "audio",
  field: "value",
  rateHz: golden.rate,
  output: "mfcc",
  windowMs: golden.window,
  hopMs: golden.hop,
  filters: golden.filters,
  lowHz: golden.low,
  highHz: golden.high,
  cepstra: golden.cepstra,
  hasDelta: true,
  preEmphasis: golden.preEmphasis,
  ...more,
});

function eventOf(key: string, samples: Float64Array, begins: boolean): StreamEvent {
  const event = streamEvent({ key, time: 0, arrival: 0, values: { value: samples } });
  event.begins = begins;
  return event;
}

/** [k, I] of audio that comes in pieces. */
function stepsOf(feature: Feature, ...pieces: readonly Float64Array[]): { steps: number[]; width: number } {
  const stage = featureStage({ features: [feature], targets: [], horizons: [1] });
  const events = pieces.map((piece, i) => eventOf("a", piece, i === 0));
  const batch = { events, requests: [], deadLetters: [], ledger: [], log: [], delivery: new Delivery() };
  void stage.process(batch);
  return { steps: events.flatMap(({ input }) => [...(input ?? [])]), width: stage.inputs };
}

const pcm = (golden: Golden) => Float64Array.from(golden.pcm, (sample) => sample / 32_768);

describe("AudioInputs", () => {
  it.each(goldens.map((golden) => [golden.rate, golden] as const))(
    "gives the cepstra, deltas and log energies of the reference at %d Hz",
    (_rate, golden) => {
      const mfcc = stepsOf(featureOf(golden), pcm(golden));
      expect(mfcc.width).toBe(2 * golden.cepstra);
      const expected = golden.mfcc.flat();
      expect(mfcc.steps).toHaveLength(expected.length);
      for (const [i, value] of expected.entries())
        expect(Math.abs(mfcc.steps[i]! - value)).toBeLessThan(TOLERANCE);
      const energies = stepsOf(featureOf(golden, { output: "log-mel", hasDelta: false }), pcm(golden));
      for (const [i, value] of golden.logMel.flat().entries()) {
        expect(Math.abs(energies.steps[i]! - value)).toBeLessThan(TOLERANCE);
      }
    },
  );

  it("gives the same bits however the audio is cut, in 20 ms packets as of the whole file", () => {
    const [golden] = goldens as [Golden];
    const samples = pcm(golden);
    const whole = stepsOf(featureOf(golden), samples).steps;
    const packets = Array.from({ length: samples.length / 160 }, (_, i) =>
      samples.subarray(i * 160, (i + 1) * 160),
    );
    expect(stepsOf(featureOf(golden), ...packets).steps).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(samples.length), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), samples.length];
        const pieces = at.slice(1).map((end, i) => samples.subarray(at[i], end));
        expect(stepsOf(featureOf(golden), ...pieces).steps).toEqual(whole);
      }),
      { seed: 3, numRuns: 30 },
    );
  });

  it("starts afresh where a sequence begins", () => {
    const [golden] = goldens as [Golden];
    const stage = featureStage({ features: [featureOf(golden)], targets: [], horizons: [1] });
    const events = [1, 2].map(() => eventOf("a", pcm(golden), true));
    void stage.process({
      events,
      requests: [],
      deadLetters: [],
      ledger: [],
      log: [],
      delivery: new Delivery(),
    });
    expect(events[1]?.input).toEqual(events[0]?.input);
  });

  it("gives no step for less than a window, and a floor for silence", () => {
    const [golden] = goldens as [Golden];
    const feature = featureOf(golden, { output: "log-mel", hasDelta: false });
    expect(stepsOf(feature, new Float64Array(199)).steps).toEqual([]);
    const silence = stepsOf(feature, new Float64Array(200)).steps;
    expect(silence).toHaveLength(26);
    for (const energy of silence) expect(energy).toBeCloseTo(Math.log(1e-10), 12);
  });

  it("refuses other features beside it", () => {
    const [golden] = goldens as [Golden];
    const features: Feature[] = [featureOf(golden), { kind: "field", field: "v", scale: "none" }];
    expect(() => featureStage({ features, targets: [], horizons: [1] })).toThrow(
      "Cannot use audio: expected no other feature beside it, found 2 features",
    );
  });
});

stateSlotLaws("features of audio", {
  makeStage: () => featureStage({ features: [featureOf(goldens[0]!)], targets: [], horizons: [1] }),
  makeEvents: () => {
    const rng = new Rng(1);
    return Array.from({ length: 40 }, (_, i) => {
      const samples = Float64Array.from({ length: rng.integer(300) }, () => 0.1 * rng.normal());
      return eventOf(`key-${i % 3}`, samples, i < 3 || i % 13 === 0);
    });
  },
  failsAt: "scale",
});

describe("Fourier.power()", () => {
  it.each([2, 8, 64])("is the power of the transform's definition for %d samples", (N) => {
    const rng = new Rng(N);
    const x = Float64Array.from({ length: N - 1 }, () => rng.normal());
    const power = new Float64Array(N / 2 + 1);
    new Fourier(N).power(power, x);
    for (const [k, found] of power.entries()) {
      const angle = (n: number) => (-2 * Math.PI * k * n) / N;
      const re = x.reduce((sum, value, n) => sum + value * Math.cos(angle(n)), 0);
      const im = x.reduce((sum, value, n) => sum + value * Math.sin(angle(n)), 0);
      expect(found).toBeCloseTo(re * re + im * im, 9);
    }
  });
});
