import type { PayloadRecord } from "./records.js";

/** Reads one field of a record; undefined if it isn't there. */
export type FieldGetter = (record: PayloadRecord) => unknown;

/**
 * How a field is found by its name: the record's own field of that name; else, for a name with dots, step by step:
 * `ENERGY.Power` is `Power` of the object `ENERGY`, `value.0` the first element of the array `value`. Nothing that
 * every object of JavaScript has is found.
 */
export function fieldGetter(name: string): FieldGetter {
  const steps = name.split(".");
  if (steps.length === 1) return (record) => own(record, name);
  return (record) => {
    if (Object.hasOwn(record, name)) return record[name];
    let found: unknown = record;
    for (const step of steps) found = own(found, step);
    return found;
  };
}

function own(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.hasOwn(value, name) ? (value as PayloadRecord)[name] : undefined;
}
