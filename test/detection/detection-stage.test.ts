import { describe, expect, it } from "vitest";
import { type Batch, ByteWriter, Rng, request, type Stage, type StreamEvent } from "../../src/core/index.js";
import {
  type DetectorOptions,
  detectionStage,
  Maintenance,
  mutedKeys,
  mutedUntil,
} from "../../src/detection/index.js";
import { batchOf, eventOf } from "../stream/events.js";

const MINUTE = 60_000;
const OPTIONS: DetectorOptions = {
  targets: ["v"],
  horizons: [1],
  unit: "step",
  watch: {
    alertsPerDay: 1,
    warmUp: 100,
    hold: 5,
    detectors: ["forecast", "stuck"],
    rings: { pattern: 1000, novelty: 500 },
    limits: {},
  },
};

/** Events of one key as the stages before would hand them over, without a network: persistence forecasts. */
function steps(
  values: readonly number[],
  options: DetectorOptions = OPTIONS,
  stage = detectionStage(options),
) {
  const events = values.map((value, i): StreamEvent => {
    const event = eventOf("pump", i * MINUTE, { v: value });
    event.seq = i + 1;
    event.position = i + 1;
    event.target = Float64Array.of(value);
    event.scale = new Float64Array(options.horizons.length);
    event.affine = Float64Array.of(0, 1);
    return event;
  });
  stage.process(batchOf(events));
  return events;
}

function noise(count: number, seed = 1): number[] {
  const rng = new Rng(seed);
  return Array.from({ length: count }, () => 10 + rng.normal());
}

describe("detectionStage() at an event at which it fails", () => {
  it("ends the key's open alert with the next event, and leaves other keys alone", () => {
    const watch = { ...OPTIONS.watch!, warmUp: 0, detectors: ["range"] as const, limits: { v: { max: 20 } } };
    const stage = detectionStage({ ...OPTIONS, watch });
    const [before, raised] = steps([10, 30], OPTIONS, stage);
    expect(before?.change).toBeUndefined();
    expect(raised?.change).toMatchObject({ state: "raised" });

    const [failing, after] = [eventOf("pump", 3 * MINUTE), eventOf("pump", 4 * MINUTE)];
    for (const event of [failing!, after!]) {
      Object.assign(event, { seq: 3, target: Float64Array.of(10), scale: new Float64Array(1) });
    }
    Object.defineProperty(failing, "target", {
      get: () => {
        throw new Error("made to fail");
      },
      set: () => {},
    });
    const batch = batchOf([failing!, after!]);
    stage.process(batch);
    expect(batch.log).toMatchObject([{ slot: "fault", kind: "detection" }]);
    expect(failing).toMatchObject({ note: "fault", change: undefined, prediction: undefined });
    expect(after?.change).toMatchObject({ state: "cleared", why: "its detectors failed" });
    expect(after?.prediction?.alert).toBe(false);
  });
});

describe("detectionStage() of several keys", () => {
  const watch = {
    ...OPTIONS.watch!,
    warmUp: 0,
    hold: 2,
    detectors: ["range"] as const,
    limits: { v: { max: 20 } },
    groupMs: 5 * MINUTE,
  };
  /** Six keys in no order, alerts that overlap, and three events that fail. */
  function makeEvents(): StreamEvent[] {
    const rng = new Rng(5);
    const seen = new Map<string, number>();
    return Array.from({ length: 240 }, (_, i) => {
      const key = `k${rng.integer(6)}`;
      const event = eventOf(key, i * MINUTE);
      const seq = (seen.get(key) ?? 0) + 1;
      seen.set(key, seq);
      const target = Float64Array.of(rng.uniform() < 0.2 ? 30 : 10);
      Object.assign(event, { position: i + 1, seq, target, scale: new Float64Array(1) });
      if (i === 100 || i === 101 || i === 103) event.failsIn = "detection";
      if (i === 102 || i === 150) event.failsIn = "alert groups";
      return event;
    });
  }
  const run = (size: number) => {
    const stage = detectionStage({ ...OPTIONS, watch });
    const events = makeEvents();
    const log: Batch["log"] = [];
    for (let i = 0; i < events.length; i += size) {
      void stage.process({ ...batchOf(events.slice(i, i + size)), log });
    }
    const state = stage.slots.map((slot) => new Map([...slot.keys()].map((key) => [key, slot.save(key)])));
    return { said: events.map(({ note, change, prediction }) => ({ note, change, prediction })), log, state };
  };

  it.each([2, 7, 64, 240])("says the same one by one as in batches of %i", (size) => {
    const one = run(1);
    expect(one.said.some(({ change }) => change?.why.includes("keys alert together"))).toBe(true);
    expect(one.log.map(({ position }) => position)).toEqual([101, 102, 103, 104, 151]);
    expect(run(size)).toEqual(one);
  });
});

describe("detectionStage()", () => {
  it("forecasts by persistence where there is no network", () => {
    const [, second] = steps([3, 5]);
    expect(second?.prediction?.targets[0]).toEqual({
      value: 5,
      forecast: 3,
      lower: null,
      upper: null,
      residual: 2,
    });
    expect(second?.prediction?.next[0]?.[0]).toMatchObject({ steps: 1, forecast: 5 });
  });

  it("gives no score while warming up", () => {
    const events = steps(noise(150));
    expect(events[99]?.prediction?.score).toBeNull();
    expect(events[100]?.prediction?.score).toBeTypeOf("number");
  });

  it("raises at a spike and clears after calm events", () => {
    const values = noise(300);
    values[200] = 60;
    const events = steps(values);
    const changes = events.filter((event) => event.change).map((event) => [event.seq, event.change?.state]);
    expect(changes[0]).toEqual([201, "raised"]);
    expect(changes.at(-1)?.[1]).toBe("cleared");
    expect(events[200]?.change?.why).toMatch(
      /^v 60, expected .* to .*: .* times the usual error; of the last errors one in 200 was as large$/,
    );
    expect(events[200]?.prediction).toMatchObject({ alert: true });
    expect(events[299]?.prediction).toMatchObject({ alert: false });
  });

  it("raises again at a gross fault soon after a slight one", () => {
    const values = noise(600);
    values[400] = 25;
    values[412] = 90;
    const raised = steps(values).filter((event) => event.change?.state === "raised");
    expect(raised.map(({ seq }) => seq)).toEqual([401, 413]);
  });

  it("raises nothing under maintenance, ends what is open, and raises right after it what is still unusual", () => {
    const values = noise(600);
    values[398] = 60;
    for (let i = 458; i < 470; i++) values[i] = i % 2 === 0 ? 60 : -60;
    const watch = OPTIONS.watch && {
      ...OPTIONS.watch,
      maintenance: new Maintenance([{ from: 400 * MINUTE, to: 460 * MINUTE }], "UTC"),
    };
    const changed = steps(values, { ...OPTIONS, watch }).filter(({ change }) => change);
    expect(changed.map(({ seq, change }) => [seq, change?.state, change?.why.split(",")[0]])).toEqual([
      [399, "raised", "v 60"],
      [401, "cleared", "maintenance"],
      [461, "raised", "v 60"],
      [468, "cleared", "calm for 5 events"],
    ]);
  });

  it("makes one alert of those that two keys raise together", () => {
    const watch = OPTIONS.watch && { ...OPTIONS.watch, groupMs: 5 * MINUTE };
    const stage = detectionStage({ ...OPTIONS, watch });
    const spiked = (at: number, seed: number) => noise(260, seed).with(at, 60);
    const [a, b] = [spiked(200, 1), spiked(202, 2)];
    const events = a.flatMap((_, i) =>
      [a, b].map((values, which) => {
        const event = eventOf(which === 0 ? "a" : "b", i * MINUTE, {});
        const target = Float64Array.of(values[i] ?? 0);
        return Object.assign(event, { seq: i + 1, target, scale: new Float64Array(1) });
      }),
    );
    stage.process(batchOf(events));
    const told = events.flatMap(({ sample, change }) => (change ? [[sample.key, change.state]] : []));
    expect(told).toEqual([
      ["a", "raised"],
      ["a", "updated"],
      ["a", "cleared"],
    ]);
    const open = (key: string) =>
      events.filter(({ sample, prediction }) => sample.key === key && prediction?.alert).length;
    expect(open("a")).toBeGreaterThan(open("b"));
    expect(open("b")).toBeGreaterThan(0);
  });

  it("raises nothing on noise", () => {
    expect(steps(noise(5000, 7)).filter((event) => event.change)).toEqual([]);
  });

  it("raises when a sensor stands still, and not on one that always did", () => {
    const stuck = noise(300).concat(Array.from({ length: 40 }, () => 10));
    const raised = steps(stuck).find((event) => event.change);
    expect(raised?.change?.why).toMatch(/stands still at 10 for \d+ events/);
    expect(steps(Array.from({ length: 400 }, () => 10)).filter((event) => event.change)).toEqual([]);
  });

  it("covers about 95 % of the values with its band", () => {
    const events = steps(noise(4000, 3)).slice(500);
    const inside = events.filter(({ prediction }) => {
      const { value = 0, lower, upper } = prediction?.targets[0] ?? {};
      return lower != null && upper != null && value >= lower && value <= upper;
    });
    expect(inside.length / events.length).toBeGreaterThan(0.92);
    expect(inside.length / events.length).toBeLessThan(0.98);
  });

  it("forecasts nothing across a gap", () => {
    const stage = detectionStage(OPTIONS);
    steps(noise(10), OPTIONS, stage);
    const event = eventOf("pump", 1e9, { v: 4 });
    Object.assign(event, { seq: 11, begins: true, target: Float64Array.of(4) });
    stage.process(batchOf([event]));
    expect(event.prediction?.targets[0]?.forecast).toBeNull();
  });

  it("compares a forecast with the value that comes `horizon` steps later", () => {
    const events = steps([1, 2, 3, 4, 5, 6], { ...OPTIONS, horizons: [3] });
    expect(events.map((event) => event.prediction?.targets[0]?.forecast)).toEqual([
      null,
      null,
      null,
      1,
      2,
      3,
    ]);
  });

  it("restores to the same bits and goes on alike", () => {
    const values = noise(400);
    values[150] = 40;
    values[260] = 40;
    const whole = steps(values).map((event) => [event.prediction, event.change]);
    const first = detectionStage(OPTIONS);
    steps(values.slice(0, 152), OPTIONS, first);
    const saved = first.slots[0]?.save("pump");
    const second = detectionStage(OPTIONS);
    second.slots[0]?.restore("pump", saved ?? new Uint8Array());
    expect(second.slots[0]?.save("pump")).toEqual(saved);
    const rest = values.slice(152).map((value, i) => {
      const event = eventOf("pump", (152 + i) * MINUTE, { v: value });
      Object.assign(event, {
        seq: 153 + i,
        target: Float64Array.of(value),
        scale: new Float64Array(1),
      });
      return event;
    });
    second.process(batchOf(rest));
    expect(rest.map((event) => [event.prediction, event.change])).toEqual(whole.slice(152));
  });

  it("raises nothing while a key is muted, and again once that is ended, without ending what is open", () => {
    const stage = detectionStage(OPTIONS);
    const values = noise(300);
    steps(values.slice(0, 200), OPTIONS, stage);
    expect(mutedUntil(stage.slots, "pump")).toBe(Number.NEGATIVE_INFINITY);
    expect(mutedUntil(stage.slots, "other")).toBeUndefined();
    const mute = (until: number) =>
      stage.process({
        ...batchOf([]),
        requests: [request({ kind: "mute", key: "pump", body: new ByteWriter().f64(until).finish() })],
      });
    mute(1e15);
    expect(mutedKeys(stage.slots)).toEqual([["pump", 1e15]]);
    const muted = steps([30, 30, 30], OPTIONS, stage);
    expect(muted.map(({ change }) => change)).toEqual([undefined, undefined, undefined]);
    mute(Number.NEGATIVE_INFINITY);
    expect(mutedKeys(stage.slots)).toEqual([]);
    const after = steps([...values.slice(200), 60], OPTIONS, stage);
    expect(after.at(-1)?.change?.state).toBe("raised");
    mute(Number.NEGATIVE_INFINITY);
    expect(steps([60], OPTIONS, stage)[0]?.prediction?.alert).toBe(true);
  });

  it("mutes a key that is not in memory when all keys are muted, as soon as it is back, and no key that is new", () => {
    const muteAll = (stage: Stage, until: number) =>
      stage.process({
        ...batchOf([]),
        requests: [request({ kind: "mute", body: new ByteWriter().f64(until).finish() })],
      });
    const values = noise(260);
    const run = (isAway: boolean) => {
      const stage = detectionStage(OPTIONS);
      const slot = stage.slots.find(({ name }) => name === "detection") ?? expect.fail("no slot");
      // An alert is open; it ends with the first event after a mute, though the mute has ended by then.
      const before = steps([...values.slice(0, 200), 60, 60], OPTIONS, stage);
      expect(before.at(-1)?.prediction?.alert).toBe(true);
      const bytes = slot.save("pump") ?? expect.fail("nothing known");
      if (isAway) slot.reset("pump");
      muteAll(stage, 1e15);
      muteAll(stage, Number.NEGATIVE_INFINITY);
      if (isAway) slot.restore("pump", bytes);
      const after = steps([...values.slice(200), 60], OPTIONS, stage);
      return after.map(({ prediction, change }) => ({ prediction, change }));
    };
    const there = run(false);
    expect(there[0]?.change).toMatchObject({ state: "cleared", why: "muted" });
    expect(run(true)).toEqual(there);

    const stage = detectionStage(OPTIONS);
    muteAll(stage, 1e15);
    expect(steps([...values.slice(0, 200), 60], OPTIONS, stage).at(-1)?.change?.state).toBe("raised");
  });
});
