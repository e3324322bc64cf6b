import { describe, expect, it } from "vitest";
import { Seen } from "../../../src/cli/report/seen.js";
import { cleared, raised, row } from "./rows.js";

const HOUR = 3_600_000;

describe("Seen", () => {
  it("compares forecasts with the value that was known when they were made, and with a day before", () => {
    const seen = new Seen(["v"], 2);
    for (let t = 0; t < 100; t++) seen.step(row(t * HOUR, t, { forecast: t < 2 ? null : t + 3 }));
    const { duels, banded, within, byModel } = seen.quality[0]!;
    expect(duels.persistence).toMatchObject({ count: 98, own: 98 * 3, rival: 98 * 2, ownSquared: 98 * 9 });
    expect(duels["a day before"].rival / duels["a day before"].count).toBeCloseTo(24, 9);
    expect(duels["a week before"].count).toBe(0);
    expect([banded, within]).toEqual([98, 0]);
    expect(byModel.get("gru-1")?.count).toBe(98);
  });

  it("keeps the course of the errors in at most 120 stretches that hold every forecast", () => {
    const seen = new Seen(["v"], 1);
    for (let t = 0; t < 20_001; t++) seen.step(row(t, t % 7, { forecast: (t % 7) + 0.5 }));
    const { course } = seen.quality[0]!;
    expect(course.length).toBeLessThanOrEqual(120);
    expect(course.reduce((sum, { duel }) => sum + duel.count, 0)).toBe(20_000);
    expect(course.at(-1)?.position).toBe(20_001);
  });

  it("shows an alert with the rows around it, and of many those with the highest scores", () => {
    const seen = new Seen(["v"], 1);
    let t = 0;
    for (let i = 0; i < 30; i++) {
      for (let calm = 0; calm < 200; calm++) seen.step(row(t++, 0));
      const since = t;
      const { prediction } = row(t, 9);
      const score = 0.5 + i / 100;
      const alert = { ...prediction, score, alert: true };
      seen.step(row(t++, 9, { prediction: alert, change: raised(since, score) }));
      seen.step(row(t++, 0, { change: cleared(since) }));
    }
    for (let calm = 0; calm < 200; calm++) seen.step(row(t++, 0));
    const { count, alerts, shown } = seen.closeUps;
    expect([count, alerts.length, shown.length]).toEqual([30, 30, 12]);
    expect(shown.map(({ alert }) => alert.score.toFixed(2))).toContain("0.79");
    expect(shown.every(({ alert }) => alert.score > 0.67)).toBe(true);
    const { alert, points } = shown[0]!;
    expect(points.filter(({ time }) => time < alert.since)).toHaveLength(120);
    expect(points.filter(({ time }) => time > (alert.to ?? 0))).toHaveLength(40);
    expect(seen.detectors.get("pattern")).toMatchObject({ alerts: 30 });
  });

  it("says which labelled stretches had an alert, and how many alerts lay outside", () => {
    const seen = new Seen(["v"], 1);
    const alert = { prediction: { ...row(0, 0).prediction, alert: true } };
    seen.step(row(0, 0, { isLabelled: false, change: raised(0, 0.6), ...alert }));
    seen.step(row(1, 0, { isLabelled: false, change: cleared(0) }));
    seen.step(row(2, 0, { isLabelled: true }));
    seen.step(row(3, 0, { isLabelled: true, change: raised(3, 0.6), ...alert }));
    seen.step(row(4, 0, { isLabelled: false }));
    seen.step(row(5, 0, { isLabelled: true }));
    expect(seen.labelScore).toEqual({ stretches: 2, found: 1, outside: 1 });
  });
});
