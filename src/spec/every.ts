import { parseDuration } from "../core/index.js";
import type { Every } from "./pipeline.js";

const COUNT = /^([1-9]\d{0,8}) events?$/;

/** Whether a text is a count of events: `5000 events`. */
export function isCount(text: string): boolean {
  return COUNT.test(text);
}

/**
 * How often: `15m`, `5000` or `5000 events`.
 *
 * @throws SyntaxError from `parseDuration` when it is none of them
 */
export function parseEvery(written: string | number): Every {
  if (typeof written === "number") return { events: written };
  const count = COUNT.exec(written)?.[1];
  return count === undefined ? { ms: parseDuration(written) } : { events: Number(count) };
}
