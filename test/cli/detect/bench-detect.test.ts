import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Rng, sin } from "../../../src/core/index.js";
import { eddy } from "../../support/cli.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("eddy bench detect", () => {
  const folder = temporaryFolder();
  const file = join(folder, "curve.csv");
  const rng = new Rng(2);
  const rows = Array.from({ length: 2500 }, (_, t) => {
    const isOdd = t >= 1800 && t < 1830;
    const value = sin(t / 8) * (isOdd ? 3 : 1) + 0.1 * rng.normal();
    return `${new Date(1_760_000_000_000 + 60_000 * t).toISOString()},${value.toFixed(4)},${isOdd ? 1 : 0}`;
  });
  writeFileSync(file, `timestamp,value,is_anomaly\n${rows.join("\n")}\n`);

  it("finds what is labelled, and measures rules that know nothing beside it", async () => {
    const json = await eddy("bench", "detect", file, "--label", "is_anomaly", "--json");
    const result = JSON.parse(json.stdout.trimEnd().split("\n").at(-1) ?? "");
    expect(result).toMatchObject({
      type: "result",
      bench: "detect",
      files: 1,
      hit: 1,
      events: 1,
      peaksHit: 1,
    });
    expect(result.falseAlerts).toBeLessThanOrEqual(1);
    expect(result.vusPr).toBeGreaterThan(0.3);
    const text = await eddy("bench", "detect", file, "--label", "is_anomaly");
    expect(text.stdout).toMatch(/a clock/);
  });

  it("tells places where something changed, beside a clock with as many events", async () => {
    const args = ["--label", "is_anomaly", "--changes", "is_anomaly", "--json"];
    const { stdout } = await eddy("bench", "detect", file, ...args);
    const { changes } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
    expect(changes.points).toBe(30);
    expect(changes.hit).toBeGreaterThan(0);
    expect(changes.clock.events).toBe(changes.events);
  });

  it("says which columns it expected and which are there", async () => {
    const ended = await eddy("bench", "detect", file);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/expected columns label, value.* found timestamp, value, is_anomaly/);
  });
});
