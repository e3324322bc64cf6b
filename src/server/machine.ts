import { performance } from "node:perf_hooks";
import type { Shown, ShownPipeline } from "./shown-pipeline.js";
import type { MachineFrame } from "./wire.js";

/** Share of the time that this thread, the event path's, is busy. */
export class ThreadLoad {
  #last = performance.eventLoopUtilization();

  /** In [0, 1], since the last call. */
  sinceLast(): number {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#last);
    this.#last = now;
    return Number.isFinite(utilization) ? utilization : 0;
  }
}

/** The numbers of this process and of one pipeline, now. */
export function machineFrame(
  pipeline: ShownPipeline,
  shown: Pick<Shown, "storeBytes">,
  busy: number,
  now: number,
): MachineFrame {
  const { counters, lagMs, waiting, backlog, unsettled, status } = pipeline;
  const { latency, commits } = counters;
  const quantiles = (of: typeof latency) => ({
    p50Ms: of.quantile(0.5, now),
    p99Ms: of.quantile(0.99, now),
  });
  return {
    time: now,
    upSeconds: Math.round(process.uptime()),
    events: counters.events,
    stepped: counters.stepped,
    alertsRaised: counters.alertsRaised,
    deadLetters: counters.deadLetters,
    ignored: counters.ignored,
    shed: counters.shed,
    reasons: Object.fromEntries(counters.reasons),
    lagMs: lagMs ?? null,
    latency: quantiles(latency),
    commit: quantiles(commits),
    waiting,
    unpublished: backlog,
    uncommitted: unsettled,
    memoryBytes: process.memoryUsage.rss(),
    storeBytes: shown.storeBytes(),
    busy: Math.round(1000 * busy) / 1000,
    status,
  };
}
