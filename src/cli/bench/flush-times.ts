import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const PAGE = Buffer.alloc(4096, 1);

/**
 * How long this disk takes to keep a page: writes of 4 KiB at the end of a file, each followed by fdatasync, 2 ms apart.
 *
 * @returns ms, sorted
 */
export async function flushTimes(folder: string, count = 500): Promise<readonly number[]> {
  const path = join(folder, "flush-times");
  const file = openSync(path, "w");
  const times: number[] = [];
  try {
    for (let n = 0; n < count; n++) {
      await pause(2);
      const begun = performance.now();
      writeSync(file, PAGE);
      fdatasyncSync(file);
      times.push(performance.now() - begun);
    }
  } finally {
    closeSync(file);
    rmSync(path);
  }
  return times.sort((a, b) => a - b);
}
