import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GeneratorOptions, SubjectOptions } from "./messages.js";
import { ready, sample, seconds_, start } from "./processes.js";

export interface DashboardBenchOptions {
  readonly keys: number;
  /** Events a second, of all keys together. */
  readonly rate: number;
  /** Length of each measurement. */
  readonly seconds: number;
  /** Measurements with no page and with one, in turn. */
  readonly rounds: number;
  readonly onPhase: (phase: string) => void;
}

export interface DashboardBenchResult {
  readonly keys: number;
  readonly rate: number;
  /** CPU of the process, all threads, per event: medians of the rounds. */
  readonly microsecondsWithoutPage: number;
  readonly microsecondsWithPage: number;
  /** What a page adds, by round, in percent of the same round's cost without. */
  readonly addedPercent: { readonly median: number; readonly least: number; readonly most: number };
  /** What the page is sent, bytes a second. */
  readonly bytesPerSecond: number;
}

/**
 * What an open page costs the event path: the process's CPU per event at a fixed rate, with no page and with
 * one that follows a key, in turn, so that a busy machine slows both.
 */
export async function benchDashboard(options: DashboardBenchOptions): Promise<DashboardBenchResult> {
  const { keys, rate, seconds, rounds, onPhase } = options;
  const data = mkdtempSync(join(tmpdir(), "eddy-bench-"));
  const own: SubjectOptions = {
    broker: "embedded",
    data,
    hidden: 64,
    members: 2,
    durability: "power-loss",
    qosOut: 1,
    detects: true,
    learns: false,
    dashboard: true,
  };
  const subject = start("subject.js", own, 0, true);
  let generator: ReturnType<typeof start> | undefined;
  try {
    const { url, dashboard } = await ready(subject);
    const load: GeneratorOptions = { url, keys, rate, window: 4000, listens: false };
    generator = start("generator.js", load, 1);
    onPhase("warming up: until the first network is in service");
    while (!(await sample(subject)).isTrained) await seconds_(0.25);
    const cost = async (): Promise<number> => {
      await seconds_(1);
      const from = await sample(subject);
      await seconds_(seconds);
      const to = await sample(subject);
      return (to.cpuMicroseconds - from.cpuMicroseconds) / (to.events - from.events);
    };
    const without: number[] = [];
    const withPage: number[] = [];
    let bytes = 0;
    for (let round = 1; round <= rounds; round++) {
      onPhase(`round ${round} of ${rounds}: ${seconds} s without a page, ${seconds} s with one`);
      without.push(await cost());
      const page = follow(`${dashboard}/api/pipelines/bench/live?key=k0`);
      withPage.push(await cost());
      bytes += await page.close();
    }
    const added = withPage.map((value, i) => 100 * (value / without[i]! - 1)).sort((a, b) => a - b);
    return {
      keys,
      rate,
      microsecondsWithoutPage: rounded(median(without)),
      microsecondsWithPage: rounded(median(withPage)),
      addedPercent: {
        median: rounded(median(added)),
        least: rounded(added[0]!),
        most: rounded(added.at(-1)!),
      },
      bytesPerSecond: Math.round(bytes / (rounds * (seconds + 1))),
    };
  } finally {
    generator?.kill("SIGKILL");
    subject.kill("SIGKILL");
    rmSync(data, { recursive: true, force: true });
  }
}

/** Reads a stream of events as a page does. @returns what ends it, and says how many bytes came */
function follow(url: string): { close(): Promise<number> } {
  const ending = new AbortController();
  let bytes = 0;
  const reading = (async () => {
    const { body } = await fetch(url, { signal: ending.signal });
    if (body === null) return;
    for await (const chunk of body) bytes += chunk.length;
  })().catch(() => {});
  return {
    async close() {
      ending.abort();
      await reading;
      return bytes;
    },
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function rounded(value: number): number {
  return Math.round(10 * value) / 10;
}
