import { describe, expect, it } from "vitest";
import { lacksMosquitto, mosquittoHint } from "../support/mosquitto.js";
import { torture } from "./torture.js";

describe.skipIf(lacksMosquitto)(`Eddy under faults${mosquittoHint}`, () => {
  it("loses nothing, doubles nothing, and gives replay's bytes (npm run torture for more)", async () => {
    const faults = ["kill", "kill unheard", "broker restart unheard", "truncate", "clock", "stop", "freeze"];
    const report = await torture({ seed: 7, rounds: 7, seconds: 25, faults });
    expect(report).toMatchObject({ lost: 0, doubled: 0, wrong: [] });
    // The first network comes at event 200; a busy machine may not get there in its time.
    expect(report.byNetwork > 0 || report.events < 250).toBe(true);
    expect(report.rounds).toBeGreaterThan(1);
  });

  it("does so with keys whose states are in memory for no longer than a batch", async () => {
    const report = await torture({ seed: 8, rounds: 5, seconds: 20, memory: "1B", faults: ["kill", "stop"] });
    expect(report).toMatchObject({ lost: 0, doubled: 0, wrong: [] });
    expect(report.rounds).toBeGreaterThan(1);
  });
});
