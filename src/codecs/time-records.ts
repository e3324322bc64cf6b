import type { PayloadRecord } from "./records.js";

/** The name under which codecs whose formats have a time of their own give it: a `Date`, whatever its unit was. */
export const TIME_FIELD = "time";

/**
 * Measurements with their times and names, as records: what was measured at one time by one source is one record,
 * by time, then in the order in which they came. Names of the format's own (`time`, ...) go before measurements of that name.
 */
export class TimeRecords {
  readonly #records = new Map<string, { readonly ms: number; readonly record: Record<string, unknown> }>();

  /**
   * @param source whose measurement it is, among others in the payload
   * @param ms     since 1970
   * @param own    what else the format says of the source
   */
  add(source: string, ms: number, own: PayloadRecord, name: string, value: unknown): void {
    const at = `${ms} ${source}`;
    let entry = this.#records.get(at);
    if (entry === undefined) {
      entry = { ms, record: named({ ...own, [TIME_FIELD]: new Date(ms) }) };
      this.#records.set(at, entry);
    }
    if (name !== TIME_FIELD && !Object.hasOwn(own, name)) entry.record[name] = value;
  }

  all(): readonly PayloadRecord[] {
    return [...this.#records.values()].sort((a, b) => a.ms - b.ms).map(({ record }) => record);
  }
}

/** A record whose names come from outside: one like `__proto__` is a name like any other. */
export function named(fields: PayloadRecord): Record<string, unknown> {
  return Object.assign(Object.create(null) as Record<string, unknown>, fields);
}
