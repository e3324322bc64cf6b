const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Distances between marks of a time axis, ms. */
const TIME_STEPS = [
  ...[1, 10, 100, SECOND, 2 * SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND],
  ...[MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR],
  ...[DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 91 * DAY, 365 * DAY],
];

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** At most about `count` marks within [from, to], at 1, 2 or 5 times a power of ten. */
export function numberTicks(from: number, to: number, count: number): Tick[] {
  const rough = (to - from) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return [{ at: from, label: shortNumber(from) }];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((times) => times * power >= rough) ?? 10);
  const first = Math.ceil(from / step);
  const last = Math.floor(to / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
    const at = (first + i) * step;
    return { at, label: shortNumber(Number(at.toPrecision(12))) };
  });
}

/** The same for times, ms since 1970, in UTC. */
export function timeTicks(from: number, to: number, count: number): Tick[] {
  const rough = (to - from) / count;
  const longest = TIME_STEPS.at(-1) ?? DAY;
  const step = TIME_STEPS.find((one) => one >= rough) ?? Math.ceil(rough / longest) * longest;
  const ticks: Tick[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    ticks.push({ at, label: timeLabel(at, step) });
  }
  return ticks.length > 0 ? ticks : [{ at: from, label: timeLabel(from, SECOND) }];
}

/** As fine as the distance of the marks asks for; midnight is a date. */
function timeLabel(at: number, step: number): string {
  const text = new Date(at).toISOString();
  if (step >= DAY || (step >= MINUTE && at % DAY === 0)) return text.slice(0, 10);
  if (step >= MINUTE) return text.slice(11, 16);
  return text.slice(11, step >= SECOND ? 19 : 23);
}

/** Four significant digits, without a tail of zeros. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(2).replace(/\.?0+e/, "e");
  if (Number.isInteger(value)) return value.toLocaleString("en-GB");
  return String(Number(value.toPrecision(4)));
}
