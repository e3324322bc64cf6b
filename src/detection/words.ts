import { exp } from "../core/index.js";

/** Four significant digits, as people read them. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** How improbable, of -log10 p: `one in 250`. */
export function oneIn(surprise: number): string {
  return surprise > 6 ? "less than one in a million" : `one in ${short(exp(Math.LN10 * surprise))}`;
}

/** `40 minutes`, `9 days`. */
export function duration(ms: number): string {
  const units = [
    ["days", 86_400_000],
    ["hours", 3_600_000],
    ["minutes", 60_000],
    ["seconds", 1000],
  ] as const;
  const [name, size] = units.find(([, unit]) => ms >= 2 * unit) ?? (["ms", 1] as const);
  return `${Math.round(ms / size)} ${name}`;
}
