import type { SeenRow } from "../../../src/cli/report/seen.js";

/** A row of one target; what isn't said is calm. */
export function row(
  time: number,
  value: number,
  part: Partial<SeenRow> & { forecast?: number | null } = {},
): SeenRow {
  const { forecast = value, ...more } = part;
  const target = {
    value,
    forecast,
    lower: forecast === null ? null : forecast - 1,
    upper: forecast === null ? null : forecast + 1,
    residual: forecast === null ? null : value - forecast,
  };
  const prediction = { targets: [target], next: [], score: 0.1, alert: false, model: "gru-1" };
  return { key: "a", time, prediction, change: undefined, detector: "pattern", ...more };
}

export const raised = (since: number, score: number, why = "too high") =>
  ({ state: "raised", since, score, value: 1, forecast: null, why }) as const;

export const cleared = (since: number) =>
  ({ state: "cleared", since, score: 0, value: 1, forecast: null, why: "calm" }) as const;
