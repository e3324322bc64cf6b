import { Rng, sin } from "../core/index.js";
import type { Fault, Series, Wave } from "../spec/index.js";

const HOUR_MS = 3_600_000;
const TAU = 6.283185307179586;

/** Rows of a test's series: payloads with the fields' values and, if the pipeline has one, the time field. */
export function seriesRows(series: Series, timeField: string | undefined): Record<string, unknown>[] {
  const columns = Object.entries(series.fields).map(([name, wave], index) => ({
    name,
    values: waveValues(series, wave, new Rng(series.seed + index)),
  }));
  return Array.from({ length: series.count }, (_, row) => {
    const payload: Record<string, unknown> = {};
    if (timeField !== undefined)
      payload[timeField] = new Date(series.startMs + row * series.everyMs).toISOString();
    for (const { name, values } of columns) payload[name] = values[row];
    return payload;
  });
}

function waveValues(series: Series, wave: Wave, rng: Rng): number[] {
  const values = Array.from({ length: series.count }, (_, row) => {
    const ms = row * series.everyMs;
    const cycle = wave.periodMs === undefined ? 0 : wave.amplitude * sin((TAU * ms) / wave.periodMs);
    return wave.level + cycle + (wave.trendPerHour * ms) / HOUR_MS + wave.noise * rng.normal();
  });
  for (const fault of wave.faults) goWrong(values, fault);
  return values;
}

function goWrong(values: number[], { at, length, change }: Fault): void {
  const first = values[at] ?? 0;
  for (let row = at; row < Math.min(at + length, values.length); row++) {
    const value = values[row] ?? 0;
    if (change === "stuck") values[row] = first;
    else values[row] = "add" in change ? value + change.add : change.value;
  }
}
