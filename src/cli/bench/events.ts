import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flushTimes } from "./flush-times.js";
import type { FloodOptions, FromGenerator, GeneratorOptions, SubjectOptions, ToFlood } from "./messages.js";
import { first, profile, progress, ready, sample, seconds_, start } from "./processes.js";

export interface EventsBenchOptions {
  readonly broker: string;
  readonly seconds: number;
  readonly keys: number;
  readonly hidden: number;
  /** Networks whose mean is the forecast. */
  readonly members: number;
  readonly durability: SubjectOptions["durability"];
  readonly qosOut: 0 | 1;
  /** Whether the detectors look for anomalies. */
  readonly detects: boolean;
  /** Latency is measured once more while it fine-tunes. */
  readonly learns: boolean;
  /** Where the processor's time goes is looked at, in a phase of its own. */
  readonly profiles: boolean;
  /** File of another program that is measured in Eddy's place, and speaks as it does (`messages.ts`). */
  readonly subject?: string;
  readonly onPhase: (phase: string) => void;
}

/** As DESIGN names it for machines. */
export interface EventsBenchResult {
  readonly eventsPerSecond: number;
  /**
   * Of half a second each, the rates that nine tenths, and one tenth, of them reach. On a machine that others share, the
   * second is nearer to what a core of one's own would do.
   */
  readonly p10EventsPerSecond: number;
  readonly p90EventsPerSecond: number;
  /** Predictions that the broker has acknowledged meanwhile; fewer: publishing fell behind. */
  readonly predictionsPerSecond: number;
  readonly cpuMicrosecondsPerEvent: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of writes of a page that are flushed, in the same folder, between the phases. */
  readonly fdatasyncP99Ms: number;
  readonly rssMB: number;
  readonly bytesPerEvent: number;
  readonly keys: number;
  readonly hidden: number;
  readonly members: number;
  readonly durability: string;
  readonly qosOut: number;
  readonly detector: string;
  readonly broker: string;
  /** Microseconds of an event, by room of the code, `garbage`, `node` and `other threads`; if that was asked for. */
  readonly profile?: Readonly<Record<string, number>>;
  /** While it fine-tunes, if that was asked for. */
  readonly tuning?: { readonly p50Ms: number; readonly p99Ms: number; readonly tunings: number };
}

/** In its first two and a half, while its code is compiled, the load takes half of the core that it shares with the broker. */
const LOAD_STARTS_S = 4;
const LATENCY_RATE = 1000;
/** Events sent whose predictions are not yet published, at most. */
const AHEAD = 4000;
const FEED_SECONDS = 0.04;
/** Rates are told of stretches so long. */
const STRETCH_SECONDS = 0.5;

/**
 * Events per second through the whole path, state and outputs committed: Eddy (with the embedded broker, if
 * that is measured) with all its threads on one core where `taskset` is there, the generator elsewhere.
 * Throughput in one phase; then latency, from event sent to prediction received, at 1,000 events/s.
 */
export async function benchEvents(options: EventsBenchOptions): Promise<EventsBenchResult> {
  const data = mkdtempSync(join(tmpdir(), "eddy-bench-"));
  const { broker, hidden, members, durability, qosOut, keys, seconds, detects, learns, profiles, onPhase } =
    options;
  const subject = start(
    options.subject ?? "subject.js",
    { broker, data, hidden, members, durability, qosOut, detects, learns } satisfies SubjectOptions,
    0,
    true,
  );
  let generator: ChildProcess | undefined;
  try {
    const { url } = await ready(subject);
    onPhase("warming up: until the first network is in service");
    generator = start("flood.js", { url, keys, window: 1000 } satisfies FloodOptions, 1);
    await first(generator, "the load");
    while (!(await sample(subject)).isTrained) await fed(subject, generator, 0.25);
    await fed(subject, generator, 1);

    onPhase(`throughput: ${seconds} s`);
    const { from, to, elapsed, rates } = await stretches(subject, generator, seconds);
    const shares = profiles ? await whileProfiled(subject, generator, seconds, onPhase) : undefined;
    generator.send({ say: "stop" });
    await drained(subject);

    onPhase("flushes of the disk");
    const flushes = await flushTimes(data);

    onPhase(`latency: ${seconds} s at ${LATENCY_RATE} events/s`);
    const load: GeneratorOptions = { url, keys, rate: LATENCY_RATE, window: 400, listens: true };
    generator = start("generator.js", load, 1);
    await seconds_(LOAD_STARTS_S);
    await latencies(generator);
    await seconds_(seconds);
    const times = await latencies(generator);
    const tuning = learns ? await whileTuning(subject, generator, seconds, onPhase) : undefined;
    generator.send({ say: "stop" });

    const events = to.events - from.events;
    return {
      eventsPerSecond: Math.round(events / elapsed),
      p10EventsPerSecond: Math.round(quantile(rates, 0.1)),
      p90EventsPerSecond: Math.round(quantile(rates, 0.9)),
      predictionsPerSecond: Math.round((to.predicted - from.predicted) / elapsed),
      cpuMicrosecondsPerEvent: round((to.cpuMicroseconds - from.cpuMicroseconds) / events),
      p50Ms: quantile(times, 0.5),
      p99Ms: quantile(times, 0.99),
      fdatasyncP99Ms: quantile(flushes, 0.99),
      rssMB: Math.round(to.rssBytes / 1e6),
      bytesPerEvent: Math.round((to.storeBytes - from.storeBytes) / events),
      keys,
      hidden,
      members,
      durability,
      qosOut,
      detector: detects ? "pattern, novelty, watches" : "none",
      broker: broker === "embedded" ? "embedded" : "external",
      ...(shares ? { profile: shares } : {}),
      ...(tuning ? { tuning } : {}),
    };
  } finally {
    generator?.kill("SIGKILL");
    subject.kill("SIGKILL");
    rmSync(data, { recursive: true, force: true });
  }
}

/**
 * Lets the flood be so far ahead of the published predictions: a broker takes more than Eddy can, and what piles up
 * there would slow it down for all.
 */
async function fed(subject: ChildProcess, flood: ChildProcess, seconds: number): Promise<void> {
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    flood.send({ say: "up-to", count: (await progress(subject)) + AHEAD } satisfies ToFlood);
    await seconds_(FEED_SECONDS);
  }
}

/** So many seconds under load: how it was before and after, and the rates of its stretches, ascending. */
async function stretches(subject: ChildProcess, flood: ChildProcess, seconds: number) {
  const from = await sample(subject);
  const begun = performance.now();
  let to = from;
  let elapsed = 0;
  const rates: number[] = [];
  const count = Math.max(1, Math.round(seconds / STRETCH_SECONDS));
  for (let i = 0; i < count; i++) {
    await fed(subject, flood, seconds / count);
    const next = await sample(subject);
    const now = (performance.now() - begun) / 1000;
    rates.push((next.events - to.events) / (now - elapsed));
    to = next;
    elapsed = now;
  }
  return { from, to, elapsed, rates: rates.sort((a, b) => a - b) };
}

/** Microseconds of processor time an event, by what it is spent on. */
async function whileProfiled(
  subject: ChildProcess,
  flood: ChildProcess,
  seconds: number,
  onPhase: (phase: string) => void,
): Promise<Readonly<Record<string, number>>> {
  onPhase(`where the time goes: ${seconds} s`);
  const from = await sample(subject);
  await profile(subject);
  await fed(subject, flood, seconds);
  const times = await profile(subject);
  const { events } = await sample(subject);
  const { idle: _, ...rooms } = times?.rooms ?? {};
  const all = Object.entries({ ...rooms, "other threads": times?.otherThreads ?? 0 });
  return Object.fromEntries(
    all.sort(([, a], [, b]) => b - a).map(([room, time]) => [room, round(time / (events - from.events))]),
  );
}

/** The same latencies, while one fine-tuning follows the other. */
async function whileTuning(
  subject: ChildProcess,
  generator: ChildProcess,
  seconds: number,
  onPhase: (phase: string) => void,
): Promise<NonNullable<EventsBenchResult["tuning"]>> {
  onPhase(`latency while fine-tuning: ${seconds} s`);
  subject.send({ say: "tune" });
  await seconds_(1);
  await latencies(generator);
  const before = await sample(subject);
  await seconds_(seconds);
  const times = await latencies(generator);
  const { tunings } = await sample(subject);
  return { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99), tunings: tunings - before.tunings };
}

function quantile(sorted: readonly number[], q: number): number {
  return round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN);
}

/** A real broker holds back what it has acknowledged to the generator: it must be gone before latency is timed. */
async function drained(subject: ChildProcess): Promise<void> {
  let before = -1;
  for (;;) {
    const { events, backlog } = await sample(subject);
    if (events === before && backlog === 0) return;
    before = events;
    await seconds_(0.5);
  }
}

async function latencies(generator: ChildProcess): Promise<readonly number[]> {
  const answer = once(generator, "message");
  generator.send({ say: "sample" });
  const [message] = (await answer) as [FromGenerator];
  return message.latenciesMs;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
