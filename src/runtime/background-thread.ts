import { readlinkSync } from "node:fs";
import { constants, setPriority } from "node:os";

/**
 * Lets this thread run only where the others of the process leave room: on a single core learning would otherwise
 * take every other time slice from the events. Linux alone gives threads priorities of their own; elsewhere nothing
 * changes.
 */
export function yieldToOtherThreads(): void {
  if (process.platform !== "linux") return;
  try {
    const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    if (thread !== process.pid) setPriority(thread, constants.priority.PRIORITY_LOW);
  } catch {
    // A container may forbid it: learning is then as important as events.
  }
}
