import fc from "fast-check";
import { mutated } from "./mutate.js";
import { fuzzTargets, type Target } from "./targets.js";

export interface FuzzOptions {
  /** Of all targets together. */
  readonly inputs: number;
  readonly seed: number;
  /** Names of targets; default: all. */
  readonly only?: readonly string[];
  readonly say?: (line: string) => void;
}

export interface FuzzReport {
  readonly inputs: number;
  readonly crashes: readonly string[];
  /** The input that took longest. */
  readonly slowest: { readonly target: string; readonly ms: number };
  readonly peakRssMB: number;
}

/** Inputs between two looks at the memory. */
const CHUNK = 2_000;

/** Feeds every target with mutations of what is real, the same for the same seed; a crash is shrunk by fast-check. */
export async function fuzz({ inputs, seed, only, say = () => {} }: FuzzOptions): Promise<FuzzReport> {
  const crashes: string[] = [];
  let slowest = { target: "", ms: 0 };
  let peak = 0;
  let done = 0;
  const targets = fuzzTargets().filter(({ name }) => only === undefined || only.includes(name));
  const shares = targets.reduce((sum, { share }) => sum + share, 0);
  for (const target of targets) {
    const count = Math.ceil((inputs * target.share) / shares);
    let own = 0;
    for (let chunk = 0; own < count; chunk++) {
      const runs = Math.min(CHUNK, count - own);
      const { crash, longestMs } = await feed(target, runs, seed + chunk);
      own += runs;
      if (longestMs > slowest.ms) slowest = { target: target.name, ms: longestMs };
      peak = Math.max(peak, process.memoryUsage.rss());
      if (crash === undefined) continue;
      crashes.push(`${target.name}: ${crash}`);
      say(crashes.at(-1) ?? "");
      break;
    }
    await target.close?.();
    done += own;
    say(`${target.name}: ${own} inputs, RSS ${Math.round(process.memoryUsage.rss() / 1e6)} MB`);
  }
  return { inputs: done, crashes, slowest, peakRssMB: Math.round(peak / 1e6) };
}

async function feed(target: Target, numRuns: number, seed: number) {
  let longestMs = 0;
  const property = fc.asyncProperty(mutated(target.corpus), async (input) => {
    const before = performance.now();
    await target.check(input);
    longestMs = Math.max(longestMs, performance.now() - before);
  });
  const result = await fc.check(property, { numRuns, seed });
  if (!result.failed) return { crash: undefined, longestMs };
  const [input] = result.counterexample ?? [];
  const shown = Buffer.from(input ?? []).toString("base64");
  const error = result.errorInstance;
  return { crash: `${error instanceof Error ? error.stack : error}\ninput ${shown}`, longestMs };
}
