import type { Clock } from "../core/index.js";
import type { Log } from "./log.js";

/** No box that runs this version lives before it: 2026-01-01T00:00Z. */
const EARLIEST_MS = 1_767_225_600_000;
const LOOK_MS = 1000;

/**
 * Fulfilled when the clock shows a time that can be: a box without a battery starts in 1970, and every event
 * would seem to come from the future until it has asked a time server.
 */
export async function untilClockIsSane(clock: Clock, log: Log): Promise<void> {
  if (clock.now() >= EARLIEST_MS) return;
  log.warn(`the clock shows ${new Date(clock.now()).toISOString()}: input waits until it is set`);
  while (clock.now() < EARLIEST_MS) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  log.info(`the clock shows ${new Date(clock.now()).toISOString()}: input begins`);
}
