/** Numbers and times as people read them at a glance. */

/**
 * About three significant digits: `7.91`, `48.2`, `1480`; nothing for what is unknown.
 *
 * @param like  a number that stands beside it and has as many decimals
 */
export function shortNumber(value: number | null | undefined, like = value): string {
  if (value === null || value === undefined) return "";
  const size = Math.abs(like ?? value);
  return value.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0);
}

/** `1 alert`, `3,320 alerts` */
export function counted(count: number, what: string): string {
  return `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`;
}

/** A length of time as a clock: `1:23`, `2:07:45`. */
export function clockOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pad = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${pad(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}

/** How long something has been so: `12 s`, `3 min`, `2 h`. */
export function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** Time of day: `12:03:22`. @param timeZone IANA name; undefined: this machine's */
export function timeOfDay(ms: number, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone }).format(ms);
}
