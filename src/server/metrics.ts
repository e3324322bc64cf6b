import { Counter, Gauge, type Metric, Registry } from "prom-client";
import type { Durations } from "../runtime/index.js";
import type { LearningLog } from "./learning-log.js";
import type { Shown, ShownPipeline } from "./shown-pipeline.js";

export interface MetricsSource {
  readonly version: string;
  /** Undefined while it starts. */
  readonly shown: () => Shown | undefined;
  readonly learning: (pipeline: string) => LearningLog;
  readonly pages: () => number;
}

/** Bucket ends that are told: three a decade are enough for a chart. */
const EVERY = 3;

/**
 * Everything that Prometheus is told, read when it asks: between scrapes nothing is done. Base units; labels are
 * the pipeline's name and small fixed sets, never a sensor's key.
 */
export function metricsRegistry({ version, shown, learning, pages }: MetricsSource): Registry {
  const registry = new Registry();
  const registers = [registry];
  const pipelines = (): readonly ShownPipeline[] => shown()?.pipelines ?? [];

  const counter = (name: string, help: string, read: (pipeline: ShownPipeline) => number) =>
    new Counter({
      name,
      help,
      labelNames: ["pipeline"],
      registers,
      collect() {
        this.reset();
        for (const one of pipelines()) this.inc({ pipeline: one.name }, read(one));
      },
    });
  const gauge = (name: string, help: string, read: (pipeline: ShownPipeline) => number | undefined) =>
    new Gauge({
      name,
      help,
      labelNames: ["pipeline"],
      registers,
      collect() {
        this.reset();
        for (const one of pipelines()) {
          const value = read(one);
          if (value !== undefined) this.set({ pipeline: one.name }, value);
        }
      },
    });
  const single = (name: string, help: string, read: () => number | undefined) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.reset();
        const value = read();
        if (value !== undefined) this.set(value);
      },
    });

  counter("eddy_events_total", "Events committed.", ({ counters }) => counters.events);
  counter("eddy_events_stepped_total", "Events that stepped a network.", ({ counters }) => counters.stepped);
  counter("eddy_alerts_raised_total", "Alerts raised.", ({ counters }) => counters.alertsRaised);
  counter("eddy_alerts_cleared_total", "Alerts cleared.", ({ counters }) => counters.alertsCleared);
  counter(
    "eddy_dead_letters_total",
    "Payloads that could not be read.",
    ({ counters }) => counters.deadLetters,
  );
  counter("eddy_shed_events_total", "Events left out to keep up.", ({ counters }) => counters.shed);
  counter(
    "eddy_broker_dropped_messages_total",
    "Messages that the broker has dropped, of any client.",
    ({ counters }) => counters.brokerDropped,
  );
  gauge("eddy_waiting_packets", "Packets not stepped yet.", ({ waiting }) => waiting);
  counter("eddy_ignored_packets_total", "Retained packets ignored.", ({ counters }) => counters.ignored);
  new Counter({
    name: "eddy_rejected_total",
    help: "Events not stepped and payloads not read, by reason.",
    labelNames: ["pipeline", "reason"],
    registers,
    collect() {
      this.reset();
      for (const { name, counters } of pipelines()) {
        for (const [reason, count] of counters.reasons) this.inc({ pipeline: name, reason }, count);
      }
    },
  });
  new Counter({
    name: "eddy_learning_reports_total",
    help: "What the learner did, by kind.",
    labelNames: ["pipeline", "kind"],
    registers,
    collect() {
      this.reset();
      for (const { name } of pipelines()) {
        for (const [kind, count] of learning(name).counts) this.inc({ pipeline: name, kind }, count);
      }
    },
  });
  gauge("eddy_ready", "1 while events are taken: state resumed, broker there.", ({ isReady }) =>
    isReady ? 1 : 0,
  );
  gauge("eddy_event_time_lag_seconds", "How far the newest event's time is behind the clock.", ({ lagMs }) =>
    lagMs === undefined ? undefined : lagMs / 1000,
  );
  gauge("eddy_unpublished_rows", "Rows committed and not yet published.", ({ backlog }) => backlog);
  gauge("eddy_uncommitted_batches", "Batches not on disk yet.", ({ unsettled }) => unsettled);
  new Gauge({
    name: "eddy_model_info",
    help: "The checkpoint that forecasts.",
    labelNames: ["pipeline", "model"],
    registers,
    collect() {
      this.reset();
      for (const { name, model } of pipelines()) this.set({ pipeline: name, model }, 1);
    },
  });
  const durations = (name: string, help: string, of: (pipeline: ShownPipeline) => Durations) =>
    registry.registerMetric(histogram(name, help, pipelines, of));
  durations(
    "eddy_event_latency_seconds",
    "From an event's arrival until it is on disk.",
    (p) => p.counters.latency,
  );
  durations("eddy_commit_duration_seconds", "Of commits to the store.", (p) => p.counters.commits);
  single("eddy_store_size_bytes", "Size of the data directory.", () => shown()?.storeBytes());
  single("eddy_dashboard_pages", "Pages that follow the stream.", pages);
  new Gauge({ name: "eddy_build_info", help: "Version.", labelNames: ["version"], registers }).set(
    { version },
    1,
  );
  single("process_resident_memory_bytes", "Resident memory.", () => process.memoryUsage.rss());
  single(
    "process_start_time_seconds",
    "Start, seconds since 1970.",
    () => Date.now() / 1000 - process.uptime(),
  );
  new Counter({
    name: "process_cpu_seconds_total",
    help: "User and system time of all threads.",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  return registry;
}

/** What the registry asks of a metric: a histogram that is counted elsewhere. */
function histogram(
  name: string,
  help: string,
  pipelines: () => readonly ShownPipeline[],
  of: (pipeline: ShownPipeline) => Durations,
): Metric {
  const values = (pipeline: ShownPipeline) => {
    const { count, sumMs, buckets } = of(pipeline).totals();
    const labels = { pipeline: pipeline.name };
    const told = buckets.filter((_, i) => i % EVERY === 0);
    return [
      ...told.map(({ upperMs, count }) => ({
        metricName: `${name}_bucket`,
        labels: { ...labels, le: Number((upperMs / 1000).toPrecision(3)) },
        value: count,
      })),
      { metricName: `${name}_bucket`, labels: { ...labels, le: "+Inf" }, value: count },
      { metricName: `${name}_sum`, labels, value: sumMs / 1000 },
      { metricName: `${name}_count`, labels, value: count },
    ];
  };
  const metric = {
    name,
    help,
    type: "histogram",
    aggregator: "sum",
    get: async () => ({
      name,
      help,
      type: "histogram",
      aggregator: "sum",
      values: pipelines().flatMap(values),
    }),
    reset: () => {},
  };
  return metric as unknown as Metric;
}
