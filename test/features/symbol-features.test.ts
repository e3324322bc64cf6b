import { describe, expect, it } from "vitest";
import { type FeatureOptions, featureStage } from "../../src/features/index.js";
import { eventsOf } from "./events.js";
import { inputs, stepped } from "./stepped.js";

describe("featureStage() with symbols", () => {
  const symbols: FeatureOptions = {
    features: [{ kind: "symbol", field: "word", vocabulary: ["on", "off"] }],
    targets: [],
    horizons: [1],
  };

  it("makes an input of every symbol, and counts what is in no vocabulary", () => {
    const events = eventsOf({ rms: [1, 2, 3] });
    for (const [i, word] of ["off", "on", "broken"].entries()) {
      Object.assign(events[i]!.sample.values, { word });
    }
    stepped(events, symbols);
    expect(inputs(events)).toEqual([
      [0, 1, 0],
      [1, 0, 0],
      [0, 0, 1],
    ]);
    expect(events.map(({ unknown }) => unknown)).toEqual([0, 0, 1]);
  });

  it("refuses to begin without a vocabulary", () => {
    expect(() => featureStage({ ...symbols, features: [{ kind: "symbol", field: "word" }] })).toThrow(
      'Cannot use symbol "word": expected its vocabulary, found none',
    );
  });
});

describe("featureStage() with texts", () => {
  const dates = (...texts: string[]) =>
    eventsOf({ rms: texts.map(() => 1) }).map((event, i) => {
      Object.assign(event.sample.values, { date: texts[i] });
      return event;
    });
  const options: FeatureOptions = {
    features: [{ kind: "text", field: "date", split: "characters", vocabulary: ["a", "b"] }],
    targets: [],
    horizons: [1],
  };

  it("makes a time step of every symbol, and counts those that it does not know", () => {
    const events = dates("ab", "b?");
    stepped(events, options);
    expect(events.map(({ input }) => [...input!])).toEqual([
      [1, 0, 0, 0, 1, 0],
      [0, 1, 0, 0, 0, 1],
    ]);
    expect(events.map(({ unknown }) => unknown)).toEqual([0, 1]);
  });

  it("splits words at any space, and makes no step of none", () => {
    const features = [{ kind: "text", field: "date", split: "words", vocabulary: ["a", "b"] }] as const;
    const events = dates(" b  a", " ");
    stepped(events, { ...options, features });
    expect(events.map(({ input }) => [...input!])).toEqual([[0, 1, 0, 1, 0, 0], []]);
  });

  it("refuses a text without a vocabulary, and one beside other features", () => {
    const [text] = options.features;
    expect(() =>
      featureStage({ ...options, features: [{ kind: "text", field: "date", split: "words" }] }),
    ).toThrow(expect.objectContaining({ code: "BAD_FEATURE" }));
    expect(() => featureStage({ ...options, features: [text!, text!] })).toThrow(
      expect.objectContaining({ code: "BAD_FEATURE" }),
    );
  });
});

describe("featureStage() with sets of symbols", () => {
  it("makes an input of every symbol, 1 where it is in the set, and counts what is in no vocabulary", () => {
    const events = eventsOf({ rms: [1, 2, 3] });
    for (const [i, keys] of [["60", "64"], [], ["64", "21", "22"]].entries()) {
      Object.assign(events[i]!.sample.values, { keys });
    }
    stepped(events, {
      features: [{ kind: "symbols", field: "keys", vocabulary: ["60", "64"] }],
      targets: [],
      horizons: [1],
    });
    expect(inputs(events)).toEqual([
      [1, 1, 0],
      [0, 0, 0],
      [0, 1, 1],
    ]);
    expect(events.map(({ unknown }) => unknown)).toEqual([0, 0, 2]);
  });
});
