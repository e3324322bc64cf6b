import { describe, expect, it } from "vitest";
import { type FeatureOptions, featureStage } from "../../src/features/index.js";
import { stateSlotLaws } from "../conformance/state-slot.js";
import { eventsOf, mixedEvents } from "./events.js";
import { inputs, stepped } from "./stepped.js";

const marking: FeatureOptions = {
  features: [
    { kind: "field", field: "rms", scale: "robust" },
    { kind: "field", field: "temperature", scale: { mean: 3, sd: 2 }, marksMissing: true },
  ],
  targets: [],
  horizons: [1],
};
const withGaps = () => {
  const events = mixedEvents();
  for (const [i, { sample }] of events.entries()) {
    if (i % 5 > 2) Reflect.deleteProperty(sample.values, "temperature");
  }
  return events;
};
stateSlotLaws("features with gaps", {
  makeStage: () => featureStage(marking),
  makeEvents: withGaps,
  failsAt: "scale",
});

describe("featureStage() with a field that events may lack", () => {
  it("repeats the newest value of the sequence, 0 before the first, and says that it is missing", () => {
    const events = eventsOf({ rms: [1, 2, 3, 4, 5], temperature: [0, 5, 0, 9, 0] });
    for (const i of [0, 2, 4]) Reflect.deleteProperty(events[i]!.sample.values, "temperature");
    events[4]!.begins = true;
    stepped(events, { ...marking, features: marking.features.slice(1) });
    expect(inputs(events)).toEqual([
      [0, 1],
      [1, 0],
      [1, 1],
      [3, 0],
      [0, 1],
    ]);
  });

  it("tells names of its inputs, and which of them are marks", () => {
    const { names, marks } = featureStage(marking);
    expect(names).toEqual(["rms", "temperature", "temperature missing"]);
    expect(marks).toEqual([false, false, true]);
  });
});

describe("featureStage() with vectors", () => {
  const vectors = (scale: "none" | "robust") => {
    const events = eventsOf({ rms: [1, 2, 3] });
    for (const [i, event] of events.entries()) {
      Object.assign(event.sample.values, { bands: Float64Array.of(i, 10 * i) });
    }
    return stepped(events, {
      features: [
        { kind: "field", field: "rms", scale: "none" },
        { kind: "vector", field: "bands", size: 2, scale },
      ],
      targets: [],
    });
  };

  it("makes an input of every number, in the order of the features", () => {
    expect(inputs(vectors("none"))).toEqual([
      [1, 0, 0],
      [2, 1, 10],
      [3, 2, 20],
    ]);
  });

  it("scales every number by itself", () => {
    const [, , third] = inputs(vectors("robust"));
    expect(third?.[1]).toBeGreaterThan(0);
    expect(third?.[2]).toBeCloseTo(third?.[1] ?? 0, 12);
  });
});
