import { describe, expect, it } from "vitest";
import { AlertBudget } from "../../../src/detection/alert/budget.js";

const HOUR = 3_600_000;

describe("AlertBudget", () => {
  it("stays at 1 while nothing is raised", () => {
    const budget = new AlertBudget(1);
    for (let hour = 0; hour < 100; hour++) budget.observe(hour * HOUR);
    expect(budget.factor).toBe(1);
  });

  it("lets through no more than the budget in the long run, whatever comes", () => {
    for (const perDay of [0.5, 2]) {
      const budget = new AlertBudget(perDay);
      let raised = 0;
      const days = 200;
      for (let minute = 0; minute < days * 24 * 60; minute++) {
        budget.observe(minute * 60_000);
        // Evidence that would be an alert every minute.
        if (1.2 / budget.factor < 1) continue;
        budget.spend();
        raised++;
      }
      expect(raised / days).toBeGreaterThan(0.9 * perDay);
      expect(raised / days).toBeLessThan(1.1 * perDay);
    }
  });

  it("is set by a sensitivity, from which labels move it on", () => {
    const budget = new AlertBudget(1);
    budget.label(true);
    budget.set(0.5);
    expect(budget.factor).toBeCloseTo(2, 9);
    budget.label(true);
    expect(budget.factor).toBeCloseTo(2.5, 9);
  });

  it("is moved by labels for good", () => {
    const budget = new AlertBudget(1);
    budget.label(true);
    expect(budget.factor).toBeCloseTo(1.25, 9);
    for (let hour = 0; hour < 1000; hour++) budget.observe(hour * HOUR);
    expect(budget.factor).toBeCloseTo(1.25, 9);
    budget.label(false);
    budget.label(false);
    expect(budget.factor).toBeCloseTo(0.8, 9);
  });
});
