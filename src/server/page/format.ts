/** Numbers and times as people read them at a glance. */

/** About four significant digits: `7.914`, `48.21`, `1480`; a dash for what is unknown. */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return value.toExponential(2);
  return value.toFixed(size < 10 ? 3 : size < 100 ? 2 : size < 1000 ? 1 : 0);
}

/** A number beside an axis, without zeros that say nothing. */
export function tick(value: number): string {
  return Number(number(value)).toString();
}

export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** `0.42`, a dash while warming up. */
export function score(value: number | null): string {
  return value === null ? "–" : value.toFixed(2);
}

/** `230 µs`, `1.4 ms`, `12 s`, `3 min`, `2.1 h`, `4 d` */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return "–";
  const size = Math.abs(ms);
  const sign = ms < 0 ? "−" : "";
  if (size === 0) return "0 ms";
  if (size < 1) return `${sign}${Math.round(size * 1000)} µs`;
  if (size < 10) return `${sign}${size.toFixed(1)} ms`;
  if (size < 1000) return `${sign}${Math.round(size)} ms`;
  const seconds = size / 1000;
  if (seconds < 100) return `${sign}${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 6000) return `${sign}${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${sign}${(seconds / 3600).toFixed(1)} h`;
  return `${sign}${Math.round(seconds / 86_400)} d`;
}

export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  if (value < 1e6) return `${(value / 1e3).toFixed(1)} kB`;
  if (value < 1e9) return `${(value / 1e6).toFixed(value < 1e7 ? 1 : 0)} MB`;
  return `${(value / 1e9).toFixed(2)} GB`;
}

const TIME = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", year: "numeric" });

/** Time of day; with its date unless that is today. */
export function moment(ms: number | null, now = Date.now()): string {
  if (ms === null || !Number.isFinite(ms)) return "–";
  const time = TIME.format(ms);
  return DAY.format(ms) === DAY.format(now) ? time : `${DAY.format(ms)} ${time}`;
}
