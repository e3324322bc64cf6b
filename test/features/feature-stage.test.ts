import { describe, expect, it } from "vitest";
import { type FeatureOptions, featureStage } from "../../src/features/index.js";
import { compress } from "../../src/features/robust-scaler.js";
import { stateSlotLaws } from "../conformance/state-slot.js";
import { batchOf } from "../stream/events.js";
import { eventsOf, mixedEvents } from "./events.js";
import { inputs, options, stepped } from "./stepped.js";

const withPast: FeatureOptions = {
  ...options,
  features: [
    ...options.features,
    { kind: "calendar", calendar: "day-of-week", harmonics: 3 },
    { kind: "lag", field: "rms", byMs: 3_600_000 },
  ],
};

stateSlotLaws("features", {
  makeStage: () => featureStage(withPast),
  makeEvents: mixedEvents,
  failsAt: "scale",
});

describe("featureStage()", () => {
  it("knows the inputs and their names before the first event", () => {
    const stage = featureStage(options);
    expect(stage.inputs).toBe(5);
    expect(stage.names).toEqual([
      "rms",
      "temperature",
      "difference of rms",
      "sin hour-of-day",
      "cos hour-of-day",
    ]);
    const { inputs, names } = featureStage(withPast);
    expect(inputs).toBe(5 + 6 + 3);
    expect(names.slice(7)).toEqual([
      "sin 2 day-of-week",
      "cos 2 day-of-week",
      "sin 3 day-of-week",
      "cos 3 day-of-week",
      "rms 1 h before",
      "rms 1 h before 1 ahead",
      "rms 1 h before 3 ahead",
    ]);
  });

  it.each<[string, Partial<FeatureOptions>]>([
    ["features: expected at least one, found none", { features: [] }],
    ["horizons: expected whole numbers of events from 1 to 10000, found 0", { horizons: [0] }],
    ["horizons: expected whole numbers of events from 1 to 10000, found 1.5", { horizons: [1, 1.5] }],
    ["horizons: expected whole numbers of events from 1 to 10000, found 10001", { horizons: [10_001] }],
    ["horizons: expected at least one, found none", { horizons: [] }],
    [
      'feature "rms": expected a finite mean and an sd above 0, found mean 1, sd 0',
      { features: [{ kind: "field", field: "rms", scale: { mean: 1, sd: 0 } }] },
    ],
    [
      "the calendar's hour-of-day: expected 1 to 12 harmonics, found 0",
      { features: [{ kind: "calendar", calendar: "hour-of-day", harmonics: 0 }] },
    ],
    [
      'the past of "rms": expected a time over 0, found 0 ms',
      { features: [{ kind: "lag", field: "rms", byMs: 0 }] },
    ],
  ])("rejects as BAD_FEATURE: Cannot use %s", (message, changes) => {
    expect(() => featureStage({ ...options, ...changes })).toThrow(
      expect.objectContaining({ code: "BAD_FEATURE", message: `Cannot use ${message}` }),
    );
  });

  it("rejects a time zone that is none", () => {
    expect(() => featureStage({ ...options, zone: "Mars" })).toThrow(
      expect.objectContaining({ code: "BAD_ZONE" }),
    );
  });
});

describe("FeatureStage.process()", () => {
  it("passes by events that are not to be stepped: they fill in nothing and teach nothing", () => {
    const events = eventsOf({ rms: [1, 1e9, 2], temperature: [3, 3, 3] });
    const [, late] = events;
    if (late) late.note = "late";
    const without = eventsOf({ rms: [1, 2], temperature: [3, 3] });
    stepped(events, { features: options.features.slice(0, 3) });
    stepped(without, { features: options.features.slice(0, 3) });
    expect(late).toMatchObject({ input: undefined, target: undefined, scale: undefined, affine: undefined });
    expect([events[0], events[2]].map((event) => event?.input)).toEqual(without.map((event) => event.input));
    expect(events[2]?.scale).toEqual(without[1]?.scale);
  });

  it("scales by nothing, or by fixed numbers, as it is told", () => {
    const events = stepped(eventsOf({ rms: [5, 1000], temperature: [3, 7] }), {
      features: [
        { kind: "field", field: "rms", scale: "none" },
        { kind: "field", field: "temperature", scale: { mean: 3, sd: 2 } },
      ],
    });
    expect(inputs(events)).toEqual([
      [5, 0],
      [1000, 2],
    ]);
    expect(events.map((event) => [...(event.affine ?? [])])).toEqual([
      [0, 1, 3, 2],
      [0, 1, 3, 2],
    ]);
    expect(events.map((event) => [...(event.target ?? [])])).toEqual([
      [5, 3],
      [1000, 7],
    ]);
  });

  it("scales robustly by what was known before the event, as affine says", () => {
    const values = [10, 12, 9, 11, 10.5, 9.5];
    const events = stepped(eventsOf({ rms: values }), {
      features: [{ kind: "field", field: "rms", scale: "robust" }],
      targets: ["rms"],
    });
    for (const [index, { input, affine }] of events.entries()) {
      const [location = Number.NaN, spread = Number.NaN] = affine ?? [];
      expect(location + spread * (input?.[0] ?? Number.NaN)).toBeCloseTo(values[index] ?? 0, 12);
    }
    expect(events[0]?.input).toEqual(new Float64Array([0]));
    const changed = stepped(eventsOf({ rms: [10, 12, 9, 11, 10.5, -70] }), {
      features: [{ kind: "field", field: "rms", scale: "robust" }],
      targets: ["rms"],
    });
    expect(changed[5]?.affine).toEqual(events[5]?.affine);
  });

  it("gives no affine scale for a target that is no feature itself", () => {
    const [event] = stepped(eventsOf({ rms: [4], temperature: [3] }), {
      features: [{ kind: "difference", field: "rms", scale: "robust" }],
    });
    expect(event?.affine).toEqual(new Float64Array([0, 1, 0, 1]));
  });

  it("takes differences within a sequence, 0 at its start", () => {
    const events = eventsOf({ rms: [1, 4, 2, 10, 11] });
    if (events[3]) events[3].begins = true;
    stepped(events, {
      features: [{ kind: "difference", field: "rms", scale: "none" }],
      targets: [],
    });
    expect(inputs(events)).toEqual([[0], [3], [-2], [0], [1]]);
  });

  it("gives the mean step per target and horizon, this event's included, 0 while unknown", () => {
    const events = stepped(eventsOf({ rms: [0, 1, 3, 6, 10], temperature: [5, 5, 5, 5, 5] }), {});
    expect(events.map((event) => [...(event.scale ?? [])])).toEqual([
      [0, 0, 0, 0],
      [1, 0, 0, 0],
      [1.5, 0, 0, 0],
      [2, 6, 0, 0],
      [2.5, 7.5, 0, 0],
    ]);
  });

  it("measures no step across the start of a sequence, but keeps the means", () => {
    const events = eventsOf({ rms: [0, 1, 3, 100, 101, 102, 103], temperature: Array(7).fill(0) });
    if (events[3]) events[3].begins = true;
    stepped(events, {});
    const scales = events.map((event) => [...(event.scale ?? [])].slice(0, 2));
    expect(scales.slice(2, 6).map(([one]) => one)).toEqual([1.5, 1.5, 4 / 3, 1.25]);
    expect(scales.map(([, three]) => three)).toEqual([0, 0, 0, 0, 0, 0, 3]);
  });

  it("keeps the mean step through a wrong value", () => {
    const rms = Array.from({ length: 4000 }, (_, i) => (i === 3500 ? 65_535 : (i % 2) / 10));
    const events = stepped(eventsOf({ rms }), {
      features: options.features.slice(0, 1),
      targets: ["rms"],
      horizons: [1],
    });
    expect(events[3499]?.scale?.[0]).toBeCloseTo(0.1, 10);
    expect(events[3999]?.scale?.[0]).toBeLessThan(0.22);
  });

  it("puts calendar features on circles, in the zone it is given", () => {
    const at = (text: string, zone: string, calendar: "hour-of-day" | "day-of-week" | "day-of-year") => {
      const events = eventsOf({ rms: [0] }, "k", Date.parse(text));
      stepped(events, { features: [{ kind: "calendar", calendar }], targets: [], zone });
      return events[0]?.input ?? [];
    };
    const close = (found: ArrayLike<number>, sine: number, cosine: number) => {
      expect(found[0]).toBeCloseTo(sine, 12);
      expect(found[1]).toBeCloseTo(cosine, 12);
    };
    close(at("2024-05-01T00:00:00Z", "UTC", "hour-of-day"), 0, 1);
    close(at("2024-05-01T06:00:00Z", "UTC", "hour-of-day"), 1, 0);
    close(at("2024-05-01T04:00:00Z", "Europe/Berlin", "hour-of-day"), 1, 0);
    close(at("1969-12-31T18:00:00Z", "UTC", "hour-of-day"), -1, 0);
    close(at("2024-05-06T00:00:00Z", "UTC", "day-of-week"), 0, 1);
    close(at("2024-05-09T12:00:00Z", "UTC", "day-of-week"), 0, -1);
    const [sine = 0, cosine = 0] = at("2024-01-01T00:00:00Z", "UTC", "day-of-year");
    expect(Math.abs(sine)).toBeLessThan(0.02);
    expect(cosine).toBeGreaterThan(0.999);
  });

  it("gives the sine and cosine of each harmonic", () => {
    const [event] = stepped(eventsOf({ rms: [0] }, "k", Date.parse("2024-05-01T03:00:00Z")), {
      features: [{ kind: "calendar", calendar: "hour-of-day", harmonics: 2 }],
      targets: [],
    });
    const half = Math.SQRT1_2;
    [half, half, 1, 0].forEach((expected, i) => {
      expect(event?.input?.[i]).toBeCloseTo(expected, 12);
    });
  });

  it("sees the past at this time and at the horizons, in usual steps, 0 where it isn't known", () => {
    // Every five minutes; the hour before is twelve events before.
    const rms = Array.from({ length: 40 }, (_, i) => i * i);
    const events = stepped(eventsOf({ rms }), {
      features: [{ kind: "lag", field: "rms", byMs: 3_600_000 }],
      targets: ["rms"],
    });
    const t = 30;
    const [one = 0, three = 0] = events[t]?.scale ?? [];
    const expected = [(18 * 18 - t * t) / one, (19 * 19 - t * t) / one, (21 * 21 - t * t) / three].map(
      compress,
    );
    events[t]?.input?.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] ?? 0, 10);
    });
    expect([...(events[8]?.input ?? [])]).toEqual([0, 0, 0]);
    // Three events ahead, the hour before began just now.
    expect(events[9]?.input?.[2]).not.toBe(0);
  });

  it("sees the past also where values come faster than its buckets, as their mean, and later than it does", () => {
    const rms = Array.from({ length: 2000 }, (_, i) => i % 2);
    const features = [{ kind: "lag", field: "rms", byMs: 3_600_000 }] as const;
    const fast = eventsOf({ rms }).map((event, i) => {
      const time = event.sample.time - 300_000 * i + 4000 * i;
      return Object.assign(event, { sample: { ...event.sample, time } });
    });
    stepped(fast, { features, targets: ["rms"], horizons: [1] });
    // Buckets of 1.8 s hold a value each, or none: the nearest counts.
    const { input, scale } = fast[1999] ?? {};
    expect(scale?.[0]).toBe(1);
    expect(input?.[0]).toBe(0);
    expect(input?.[1]).toBe(-1);
  });

  it.each([undefined, "5", Number.NaN, Number.POSITIVE_INFINITY, new Float64Array(2)])(
    "refuses %o where a number has to be, before a key remembers it",
    (value) => {
      const [event] = eventsOf({ temperature: [1] });
      if (event) Object.assign(event.sample.values, value === undefined ? {} : { rms: value });
      const batch = batchOf(event ? [event] : []);
      const stage = featureStage(options);
      void stage.process(batch);
      expect(event).toMatchObject({ note: "fault", input: undefined });
      expect(batch.log).toMatchObject([
        {
          kind: "features",
          why: expect.stringContaining(
            'Cannot make features of a sample of key "pump-3": expected a finite number in field "rms"',
          ),
        },
      ]);
      expect([...stage.slots.flatMap((slot) => [...slot.keys()])]).toEqual([]);
    },
  );
});
