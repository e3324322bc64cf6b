/** One thing that the doctor looked at. */
export interface Finding {
  readonly what: string;
  readonly found: string;
  /** `warning`: it works, but not as it should; `problem`: Eddy does not work like this. */
  readonly verdict: "ok" | "warning" | "problem";
  /** What to do about it. */
  readonly advice?: string;
  /** For machines. */
  readonly values: Readonly<Record<string, unknown>>;
}

export function bytesText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** power).toFixed(power < 2 ? 0 : 1)} ${units[power]}`;
}
