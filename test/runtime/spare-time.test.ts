import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SpareTime } from "../../src/runtime/spare-time.js";
import { temporaryFolder } from "../support/temporary.js";

describe("SpareTime", () => {
  const root = temporaryFolder();
  let count = 0;

  /** A /sys with these files. */
  function sys(files: Record<string, string>): string {
    const folder = join(root, String(count++));
    for (const [path, text] of Object.entries(files)) {
      const parts = path.split("/");
      mkdirSync(join(folder, ...parts.slice(0, -1)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  }
  const obstacle = (files: Record<string, string>, busy = 0) =>
    new SpareTime({ sys: sys(files), utilization: () => busy }).obstacle;

  it("has time where nothing is known", () => {
    expect(obstacle({})).toBeUndefined();
    expect(new SpareTime({ sys: "/nowhere", utilization: () => 0.5 }).obstacle).toBeUndefined();
  });

  it("waits while the event path is busy", () => {
    expect(obstacle({}, 0.95)).toMatch(/event path is busy \(95 %/);
  });

  it("waits while the hottest sensor is hot", () => {
    const cool = { "class/thermal/thermal_zone0/temp": "45000\n" };
    expect(obstacle(cool)).toBeUndefined();
    expect(obstacle({ ...cool, "class/thermal/thermal_zone1/temp": "81500\n" })).toMatch(/hot \(82 °C\)/);
  });

  it("waits on battery, unless there is power too", () => {
    const battery = {
      "class/power_supply/BAT0/type": "Battery\n",
      "class/power_supply/BAT0/status": "Discharging\n",
    };
    expect(obstacle(battery)).toMatch(/battery/);
    const plugged = {
      "class/power_supply/AC/type": "Mains\n",
      "class/power_supply/AC/online": "1\n",
    };
    expect(obstacle({ ...battery, ...plugged })).toBeUndefined();
  });
});
