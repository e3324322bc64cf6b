import {
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { bytesOf, checkDatabase, sqliteVersion } from "../../store/index.js";
import { bytesText, type Finding } from "./finding.js";

const FLUSHES = 40;
/** Below this share of the disk, or this much, space is short. */
const SHORT_SHARE = 0.05;
const SHORT_BYTES = 256 * 1024 * 1024;

export function lookAtDisk(directory: string): Finding {
  const what = "disk";
  try {
    mkdirSync(directory, { recursive: true });
    const { bavail, blocks, bsize } = statfsSync(directory);
    const [free, total] = [bavail * bsize, blocks * bsize];
    const isShort = free < SHORT_BYTES || free < SHORT_SHARE * total;
    return {
      what,
      found: `${bytesText(free)} free of ${bytesText(total)}; ${directory} holds ${bytesText(bytesOf(directory))}`,
      verdict: isShort ? "warning" : "ok",
      ...(isShort ? { advice: "a full disk stops the stream: set store.retention in the pipelines" } : {}),
      values: { freeBytes: free, totalBytes: total, storeBytes: bytesOf(directory) },
    };
  } catch (error) {
    return {
      what,
      found: reason(error),
      verdict: "problem",
      advice: "name a folder with --data",
      values: {},
    };
  }
}

/** Measures what a commit waits for: 4 KiB written and flushed. */
export function lookAtFlush(directory: string): Finding {
  const what = "flush";
  const file = join(directory, ".eddy-doctor");
  const times: number[] = [];
  try {
    const handle = openSync(file, "w");
    try {
      const page = Buffer.alloc(4096, 1);
      for (let n = 0; n < FLUSHES; n++) {
        writeSync(handle, page);
        const before = performance.now();
        fdatasyncSync(handle);
        times.push(performance.now() - before);
      }
    } finally {
      closeSync(handle);
      rmSync(file, { force: true });
    }
  } catch (error) {
    return { what, found: reason(error), verdict: "problem", values: {} };
  }
  times.sort((a, b) => a - b);
  const medianMs = times[FLUSHES >> 1] ?? 0;
  const p99Ms = times.at(-1) ?? 0;
  const isSlow = medianMs > 20;
  return {
    what,
    found: `${medianMs.toFixed(2)} ms to flush 4 KiB, ${p99Ms.toFixed(2)} at worst of ${FLUSHES}`,
    verdict: "ok",
    ...(isSlow
      ? {
          advice:
            "predictions wait for it; commit.linger saves flushes, durability: crash leaves them to the system",
        }
      : {}),
    values: { medianMs, worstMs: p99Ms },
  };
}

export function lookAtDatabase(directory: string): Finding {
  const what = "database";
  const version = `SQLite ${sqliteVersion()}`;
  if (!existsSync(join(directory, "eddy.sqlite"))) {
    return {
      what,
      found: `${version}, none yet in ${directory}`,
      verdict: "ok",
      values: { sqlite: sqliteVersion() },
    };
  }
  const damage = checkDatabase(directory);
  return {
    what,
    found: damage.length === 0 ? `${version}, intact` : `${version}, damaged: ${damage[0]}`,
    verdict: damage.length === 0 ? "ok" : "problem",
    ...(damage.length === 0
      ? {}
      : { advice: `stop Eddy, then: eddy doctor --repair --data ${directory}; or restore a backup` }),
    values: { sqlite: sqliteVersion(), damage },
  };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
