import { describe, expect, it } from "vitest";
import { grow } from "../../../src/cli/demo/cell.js";
import { demoState, reduceDemo } from "../../../src/cli/demo/demo-state.js";
import { phaseOf, phaseText } from "../../../src/cli/demo/phase.js";
import { count, perSecond, startRate } from "../../../src/cli/demo/rate.js";
import { summaryLine } from "../../../src/cli/demo/summary-line.js";
import { alert, fault, prediction, SETUP, START, stateAfter } from "./messages.js";

describe("reduceDemo", () => {
  it("reduceDemo() keeps the newest prediction of every pump and counts them", () => {
    const state = stateAfter([
      prediction("pump-1", 1, { value: 3 }),
      prediction("pump-2", 1, { value: 2 }),
      prediction("pump-1", 2, { value: 3.5, score: null }),
    ]);
    expect(state.predictions).toBe(3);
    expect(state.pumps.map(({ name, value, score }) => ({ name, value, score }))).toEqual([
      { name: "pump-1", value: 3.5, score: null },
      { name: "pump-2", value: 2, score: 0.05 },
    ]);
    expect(state.now).toBe(START + 2_000);
  });

  it("reduceDemo() leaves the state before as it was", () => {
    const before = stateAfter([prediction("pump-1", 1)]);
    const copy = structuredClone(before);
    for (const message of [
      prediction("pump-1", 2),
      alert("pump-1", 2, "raised"),
      fault("pump-1", 2, "spike"),
    ]) {
      reduceDemo(before, message, START + 2_000);
    }
    expect(before).toEqual(copy);
  });

  it("reduceDemo() gives a key that it didn't know a row of its own", () => {
    expect(stateAfter([prediction("pump-9", 1)]).pumps.map(({ name }) => name)).toEqual([
      "pump-1",
      "pump-2",
      "pump-9",
    ]);
  });

  it("reduceDemo() opens an alert when it is raised, renews its why, and closes it when it is cleared", () => {
    const raised = stateAfter([alert("pump-1", 5, "raised")]);
    expect(raised.pumps[0]?.alert?.since).toBe(START + 5_000);
    const updated = reduceDemo(
      raised,
      alert("pump-1", 6, "updated", { since: START + 5_000, why: "worse" }),
      START,
    );
    expect(updated.pumps[0]?.alert).toMatchObject({ since: START + 5_000, why: "worse" });
    const cleared = reduceDemo(updated, alert("pump-1", 9, "cleared", { since: START + 5_000 }), START);
    expect(cleared.pumps[0]?.alert).toBeUndefined();
    expect(cleared.lines.map(({ state }) => state)).toEqual(["cleared", "raised"]);
    expect(cleared.alerts).toBe(1);
  });

  it("reduceDemo() lets the newer of prediction and alert say whether an alert is open", () => {
    const overtaken = stateAfter([alert("pump-1", 5, "raised"), prediction("pump-1", 4, { alert: false })]);
    expect(overtaken.pumps[0]?.alert).toBeDefined();
    const missed = stateAfter([alert("pump-1", 5, "raised"), prediction("pump-1", 6, { alert: false })]);
    expect(missed.pumps[0]?.alert).toBeUndefined();
  });

  it("reduceDemo() shows a retained alert from before this run as open, but not as news", () => {
    const state = stateAfter([alert("pump-1", -60, "raised")]);
    expect(state.pumps[0]?.alert?.since).toBe(START - 60_000);
    expect(state.lines).toEqual([]);
    expect(state.alerts).toBe(0);
  });

  it("reduceDemo() keeps the newest six lines, newest first", () => {
    const state = stateAfter([1, 2, 3, 4, 5, 6, 7, 8].map((second) => alert("pump-1", second, "raised")));
    expect(state.lines.map(({ number }) => number)).toEqual([8, 7, 6, 5, 4, 3]);
    expect(state.alerts).toBe(8);
  });

  it("reduceDemo() says what was simulated when an alert was raised: the fault, its aftermath, nothing", () => {
    const messages = [
      prediction("pump-1", 9),
      fault("pump-1", 10, "bearing wear"),
      alert("pump-1", 14, "raised"),
      fault("pump-1", 18, undefined),
      alert("pump-1", 20, "raised"),
      alert("pump-1", 30, "raised"),
      alert("pump-2", 14, "raised"),
    ];
    expect(stateAfter(messages).lines.map(({ simulated }) => simulated)).toEqual([
      "nothing",
      "nothing",
      "aftermath",
      "bearing wear",
    ]);
    expect(stateAfter(messages).alertsForNothing).toBe(2);
  });

  it("reduceDemo() attributes an alert by event time, though it arrives when the fault is over", () => {
    const state = stateAfter([
      prediction("pump-1", 9),
      fault("pump-1", 10, "spike"),
      fault("pump-1", 10.1, undefined),
    ]);
    const late = reduceDemo(state, alert("pump-1", 10, "raised"), START + 10_200);
    expect(late.lines[0]?.simulated).toBe("spike");
    expect(late.noticed).toBe(1);
  });

  it("reduceDemo() counts a fault as noticed once, and as missed when its aftermath passed without an alert", () => {
    const begin = [prediction("pump-1", 9), fault("pump-1", 10, "spike"), fault("pump-1", 11, undefined)];
    const noticed = stateAfter([...begin, alert("pump-1", 10, "raised"), alert("pump-1", 12, "raised")]);
    expect([noticed.noticed, noticed.missed]).toEqual([1, 0]);
    expect(stateAfter([...begin, prediction("pump-1", 14)]).missed).toBe(0);
    expect(stateAfter([...begin, prediction("pump-1", 15)]).missed).toBe(1);
    expect(stateAfter([...begin, fault("pump-1", 12, "spike")]).missed).toBe(1);
  });

  it("reduceDemo() holds no fault against a pump that is still warming up", () => {
    const state = stateAfter([
      prediction("pump-1", 9, { score: null }),
      fault("pump-1", 10, "spike"),
      fault("pump-1", 11, undefined),
      prediction("pump-1", 20),
    ]);
    expect([state.noticed, state.missed]).toEqual([0, 0]);
  });
});

describe("phaseOf", () => {
  const text = (messages: Parameters<typeof stateAfter>[0]) => phaseText(phaseOf(stateAfter(messages)));

  it("phaseOf() follows the pipeline from its first event to a network in service", () => {
    expect(text([])).toBe("waiting for the first prediction");
    expect(text([prediction("pump-1", 1, { model: "naive", position: 312 })])).toBe(
      "learning its first network: 312 of 400 events",
    );
    expect(text([prediction("pump-1", 1, { model: "naive", position: 400 })])).toBe(
      "training its first network on 400 events",
    );
    expect(text([prediction("pump-1", 1, { model: "gru-1", position: 500 })])).toBe(
      "network gru-1 in service",
    );
  });

  it("phaseOf() puts trouble first", () => {
    const status = { kind: "status", state: "degraded", why: "the disk is full" } as const;
    expect(text([prediction("pump-1", 1), status])).toBe("degraded: the disk is full");
    expect(text([prediction("pump-1", 1), { ...status, state: "online" }])).toBe("network gru-1 in service");
  });
});

describe("grow", () => {
  it("grow() takes the mean of a second", () => {
    const cells = [1, 2, 3].reduce<ReturnType<typeof grow>>(
      (before, value, i) => grow(before, { time: START + i * 100, value, isUnusual: false }),
      [],
    );
    expect(cells).toEqual([{ second: START / 1000, value: 2, count: 3, isUnusual: false }]);
  });

  it("grow() never averages an unusual value away", () => {
    const values = [
      { value: 1, isUnusual: false },
      { value: 9, isUnusual: true },
      { value: 1, isUnusual: false },
      { value: 7, isUnusual: true },
    ];
    const cells = values.reduce<ReturnType<typeof grow>>(
      (before, value) => grow(before, { time: START, ...value }),
      [],
    );
    expect(cells).toEqual([{ second: START / 1000, value: 8, count: 2, isUnusual: true }]);
  });

  it("grow() keeps the last minute", () => {
    let cells: ReturnType<typeof grow> = [];
    for (let second = 0; second < 200; second++) {
      cells = grow(cells, { time: START + second * 1000, value: second, isUnusual: false });
    }
    expect(cells).toHaveLength(60);
    expect(cells.at(-1)?.value).toBe(199);
  });
});

describe("perSecond", () => {
  it("perSecond() is the rate of the last five seconds", () => {
    let rate = startRate(START);
    for (let ms = 0; ms < 20_000; ms += 25) rate = count(rate, START + ms);
    expect(perSecond(rate, START + 20_000)).toBe(40);
    expect(perSecond(rate, START + 22_500)).toBe(20);
    expect(perSecond(rate, START + 30_000)).toBe(0);
    expect(rate.buckets.length).toBeLessThanOrEqual(11);
  });

  it("perSecond() is unknown in the first half second, then rates what there is", () => {
    const rate = count(count(startRate(START), START + 100), START + 200);
    expect(perSecond(rate, START + 499)).toBeUndefined();
    expect(perSecond(rate, START + 500)).toBe(4);
  });
});

describe("summaryLine", () => {
  it("summaryLine() is plain numbers, the rate with at most one decimal", () => {
    const totals = { events: 12400, predictions: 12399, alerts: 3, eventsPerSecond: 39.94 };
    expect(summaryLine(totals)).toBe("12400 events, 12399 predictions, 3 alerts, 39.9 events/s");
    expect(summaryLine({ ...totals, eventsPerSecond: 40.01 })).toMatch(/ 40 events\/s$/);
  });

  it("summaryLine() of a run without events is zeros", () => {
    expect(demoState(SETUP, START).predictions).toBe(0);
    expect(summaryLine({ events: 0, predictions: 0, alerts: 0, eventsPerSecond: 0 })).toBe(
      "0 events, 0 predictions, 0 alerts, 0 events/s",
    );
  });
});
