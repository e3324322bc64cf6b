import type { StreamEvent } from "../../core/index.js";

/**
 * In which unit a network's output o foretells the target y, h steps ahead:
 *
 * - `step`: y[t+h] = y[t] + o * mean |y[t] - y[t-h]|, how Eddy's own networks forecast: o = 0 is persistence
 * - `value`: y[t+h] = o
 * - `scaled`: y[t+h] = location + o * spread, the scaling of the target as a feature
 */
export type ForecastUnit = "step" | "value" | "scaled";

/**
 * The value foretold by output `index` = target * horizons + horizon.
 *
 * Without a network, or where its output is not finite, it is persistence: y[t].
 */
export function forecastOf(event: StreamEvent, unit: ForecastUnit, target: number, index: number): number {
  const now = event.target?.[target] ?? Number.NaN;
  const output = event.output?.[index] ?? Number.NaN;
  if (!Number.isFinite(output)) return now;
  const foretold = inUnit(event, unit, target, index, output);
  return Number.isFinite(foretold) ? foretold : now;
}

function inUnit(
  event: StreamEvent,
  unit: ForecastUnit,
  target: number,
  index: number,
  output: number,
): number {
  const { affine, scale } = event;
  switch (unit) {
    case "step":
      return (event.target?.[target] ?? Number.NaN) + output * (scale?.[index] ?? 0);
    case "value":
      return output;
    case "scaled":
      return (affine?.[2 * target] ?? 0) + output * (affine?.[2 * target + 1] ?? 1);
  }
}
