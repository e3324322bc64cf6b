import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Rng } from "../../src/core/index.js";
import { sharedData } from "./shared-data.js";

/** One row of the recording, as a sensor would send it. */
export interface TemperatureRow {
  readonly timestamp: string;
  readonly value: number;
}

/** A machine's temperature every five minutes (Numenta Anomaly Benchmark): 22,695 rows. */
export const machineTemperatureFile = join(
  sharedData ?? "",
  "nab/data/realKnownCause/machine_temperature_system_failure.csv",
);

/** Its first rows; default all. */
export function machineTemperature(count = Number.POSITIVE_INFINITY): TemperatureRow[] {
  const lines = readFileSync(machineTemperatureFile, "utf8").trim().split(/\r?\n/);
  return lines.slice(1, 1 + count).map((line) => {
    const [timestamp = "", value = ""] = line.split(",");
    return { timestamp, value: Number(value) };
  });
}

/** Rows as a CSV file's text. */
export function csv(rows: readonly object[]): string {
  const names = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => Object.values(row).join(","));
  return `${[names.join(","), ...lines].join("\n")}\n`;
}

/**
 * A daily wave, one row every half hour, that a small network soon forecasts better than persistence does.
 *
 * @param spikes added to the rows at these places
 */
export function wave(count: number, spikes: Readonly<Record<number, number>> = {}): TemperatureRow[] {
  const rng = new Rng(1);
  return Array.from({ length: count }, (_, i) => ({
    timestamp: new Date(Date.UTC(2024, 4, 1) + i * 1_800_000).toISOString(),
    value: 20 + 5 * Math.sin((2 * Math.PI * i) / 48) + 0.1 * rng.normal() + (spikes[i] ?? 0),
  }));
}
