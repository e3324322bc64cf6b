import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

/** From here on a processor slows down, or soon will: degrees Celsius. */
const HOT = 80;
/** Share of its time that the event path's thread may be busy before learning waits. */
const BUSY = 0.9;

export interface SpareTimeOptions {
  /** Where Linux tells of sensors; default /sys. */
  readonly sys?: string;
  /** Share of the time since the last call that this thread was busy; default: as Node measures it. */
  readonly utilization?: () => number;
}

/**
 * Whether this device can spare time for learning now: events go first, a hot processor is not heated further, and a
 * battery not drained. What can't be told counts as fine.
 */
export class SpareTime {
  readonly #sys: string;
  readonly #utilization: () => number;

  constructor({ sys = "/sys", utilization = eventLoopUtilization() }: SpareTimeOptions = {}) {
    this.#sys = sys;
    this.#utilization = utilization;
  }

  /** @returns why learning should wait; undefined: it needn't */
  get obstacle(): string | undefined {
    const busy = this.#utilization();
    if (busy > BUSY) return `the event path is busy (${Math.round(100 * busy)} % of the time)`;
    const hottest = Math.max(...this.#temperatures());
    if (hottest >= HOT) return `the processor is hot (${Math.round(hottest)} °C)`;
    return this.#isOnBattery() ? "the device runs on battery" : undefined;
  }

  /** °C */
  #temperatures(): number[] {
    return this.#folders("class/thermal", /^thermal_zone/)
      .map((folder) => Number(this.#read(folder, "temp")) / 1000)
      .filter((degrees) => degrees > 0 && degrees < 200);
  }

  #isOnBattery(): boolean {
    const supplies = this.#folders("class/power_supply", /./).map((folder) => ({
      type: this.#read(folder, "type"),
      status: this.#read(folder, "status"),
      online: this.#read(folder, "online"),
    }));
    const isPlugged = supplies.some(({ type, online }) => type !== "Battery" && online === "1");
    return !isPlugged && supplies.some(({ type, status }) => type === "Battery" && status === "Discharging");
  }

  #folders(path: string, pattern: RegExp): string[] {
    try {
      const folder = join(this.#sys, path);
      return readdirSync(folder)
        .filter((name) => pattern.test(name))
        .map((name) => join(folder, name));
    } catch {
      return [];
    }
  }

  #read(folder: string, name: string): string {
    try {
      return readFileSync(join(folder, name), "utf8").trim();
    } catch {
      return "";
    }
  }
}

function eventLoopUtilization(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}
