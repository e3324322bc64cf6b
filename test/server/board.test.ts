import { describe, expect, it } from "vitest";
import { Board } from "../../src/server/page/board.js";
import type { KeyRow } from "../../src/server/wire.js";

const NOW = Date.UTC(2026, 0, 1);
const row = (key: string, more: Partial<KeyRow> = {}): KeyRow => ({
  key,
  seq: 10,
  time: NOW - 1000,
  value: 1,
  score: 0.1,
  isAlert: false,
  mutedUntil: 0,
  spark: [1, 2],
  intervalMs: 1000,
  ...more,
});
const alert = (key: string, state: "raised" | "cleared") => ({
  key,
  state,
  since: NOW,
  time: NOW,
  score: 1,
  why: "",
});

describe("Board", () => {
  it("stateOf() is alert before silent, silent after ten usual intervals, warming up without a score", () => {
    const board = new Board();
    board.load({
      keys: [
        row("a"),
        row("b", { score: null }),
        row("c", { isAlert: true, time: NOW - 3_600_000 }),
        row("d", { time: NOW - 11_000 }),
        row("e", { time: NOW - 11_000, intervalMs: 5000 }),
      ],
      count: 5,
      alerts: [],
    });
    const states = [...board.keys.values()].map((view) => board.stateOf(view, NOW));
    expect(states).toEqual(["ok", "warming", "alert", "silent", "ok"]);
    expect(board.counts(NOW)).toEqual({ ok: 2, warming: 1, alert: 1, silent: 1 });
  });

  it("stateOf() goes by the other keys where event times are not of now: a recording is not silent", () => {
    const board = new Board();
    board.load({ keys: [row("a", { time: 5000 }), row("b", { time: 90_000 })], count: 2, alerts: [] });
    expect([...board.keys.values()].map((view) => board.stateOf(view, NOW))).toEqual(["silent", "ok"]);
  });

  it("list() puts alerts first, numbers in their order, and finds by key and by state", () => {
    const board = new Board();
    const keys = [row("pump-10"), row("pump-9", { score: 0.4 }), row("fan", { isAlert: true, score: 0.9 })];
    board.load({ keys, count: 3, alerts: [] });
    const named = (search: string, order: "state" | "score") =>
      board.list(search, order, NOW).map(({ key }) => key);
    expect(named("", "state")).toEqual(["fan", "pump-9", "pump-10"]);
    expect(named("", "score")).toEqual(["fan", "pump-9", "pump-10"]);
    expect(named("PUMP", "state")).toEqual(["pump-9", "pump-10"]);
    expect(named("alert", "state")).toEqual(["fan"]);
  });

  it("take() adds keys, keeps sparklines bounded, opens and clears alerts", () => {
    const board = new Board();
    for (let seq = 1; seq < 100; seq++) board.take({ keys: [["k", seq, NOW, seq, 0.6, 1, 0]], alerts: [] });
    board.take({ keys: [["k", 100, NOW, 100, 0.6, 1, NOW + 5]], alerts: [alert("k", "raised")] });
    expect(board.keys.get("k")?.spark.at(-1)).toBe(100);
    expect(board.keys.get("k")?.spark.length).toBe(48);
    expect([...board.alerts.keys()]).toEqual(["k"]);
    expect(board.keys.get("k")?.mutedUntil).toBe(NOW + 5);
    board.take({ keys: [["k", 101, NOW, 1, 0.1, 0, 0]], alerts: [alert("k", "cleared")] });
    expect(board.alerts.size).toBe(0);
  });

  it("load() does not go back behind what the stream said meanwhile", () => {
    const board = new Board();
    board.take({ keys: [["k", 12, NOW, 7, 0.2, 0, 0]], alerts: [] });
    board.load({ keys: [row("k", { seq: 10, value: 1 })], count: 1, alerts: [] });
    expect(board.keys.get("k")).toMatchObject({ seq: 12, value: 7, spark: [1, 2] });
  });
});
