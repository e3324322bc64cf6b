import type { OutboundMessage } from "../mqtt/index.js";
import type { Counters } from "./counters.js";
import type { Durations } from "./durations.js";

export interface MetricsParts {
  readonly counters: Counters;
  readonly model: string;
  readonly lagMs: number | undefined;
  readonly waiting: number;
  readonly unpublished: number;
  readonly uncommitted: number;
}

/**
 * A pipeline's numbers, for sites without Prometheus: what GET /metrics says, in base units, counted since the start.
 * Not retained: it is of its moment.
 */
export function metricsMessage(topic: string, parts: MetricsParts, now: number): OutboundMessage {
  const { counters, model, lagMs, waiting, unpublished, uncommitted } = parts;
  const quantiles = (of: Durations) => ({
    p50: seconds(of.quantile(0.5, now)),
    p99: seconds(of.quantile(0.99, now)),
  });
  const body = {
    time: new Date(now).toISOString(),
    model,
    events: counters.events,
    stepped: counters.stepped,
    alertsRaised: counters.alertsRaised,
    alertsCleared: counters.alertsCleared,
    deadLetters: counters.deadLetters,
    shed: counters.shed,
    brokerDropped: counters.brokerDropped,
    rejected: Object.fromEntries(counters.reasons),
    lagSeconds: seconds(lagMs ?? null),
    latencySeconds: quantiles(counters.latency),
    commitSeconds: quantiles(counters.commits),
    waiting,
    unpublished,
    uncommitted,
    memoryBytes: process.memoryUsage.rss(),
  };
  return { topic, payload: JSON.stringify(body), qos: 0, contentType: "application/json" };
}

/** Microseconds are enough. */
function seconds(ms: number | null): number | null {
  return ms === null ? null : Math.round(1000 * ms) / 1e6;
}
