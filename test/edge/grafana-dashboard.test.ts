import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LearningLog } from "../../src/server/learning-log.js";
import { metricsRegistry } from "../../src/server/metrics.js";

const file = new URL("../../edge/grafana-dashboard.json", import.meta.url);

describe("edge/grafana-dashboard.json", () => {
  it("asks for metrics that /metrics has", async () => {
    const registry = metricsRegistry({
      version: "0",
      shown: () => undefined,
      learning: () => new LearningLog(),
      pages: () => 0,
    });
    const told = new Set(registry.getMetricsAsArray().map(({ name }) => name));
    const asked = readFileSync(file, "utf8").match(/\b(eddy|process)_[a-z_]+/g) ?? [];
    const names = new Set(asked.map((name) => name.replace(/_bucket$/, "")));
    expect(names.size).toBeGreaterThan(12);
    expect([...names].filter((name) => !told.has(name))).toEqual([]);
  });
});
