import type { TimeForm } from "../core/index.js";

/** How event times are written, for people. */
export const TIME_FORMS: Readonly<Record<TimeForm, string>> = {
  iso8601: "ISO 8601",
  s: "seconds since 1970",
  ms: "milliseconds since 1970",
};
