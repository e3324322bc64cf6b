import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { constants, setPriority } from "node:os";

/**
 * Lets this thread run only where the others of the process leave room: on a single core learning would otherwise
 * take time slices from the events. Linux alone gives threads priorities of their own; elsewhere nothing changes.
 *
 * The lowest priority is not enough: whoever wakes still waits for the end of a time slice (4 ms), and an event wakes
 * several threads in turn. A thread that is scheduled when idle (SCHED_IDLE) has no such protection. Node can't ask
 * for that, util-linux and busybox can; without them it stays at the lowest priority.
 */
export function yieldToOtherThreads(): void {
  if (process.platform !== "linux") return;
  try {
    const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    if (thread === process.pid) return;
    setPriority(thread, constants.priority.PRIORITY_LOW);
    spawnSync("chrt", ["-i", "-p", "0", String(thread)], { stdio: "ignore" });
  } catch {
    // A container may forbid it: learning is then as important as events.
  }
}
