import { Delivery, refuseFaults, type StreamEvent, streamEvent } from "../../../core/index.js";
import { chooseDetectors, type DetectorName, detectionStage } from "../../../detection/index.js";
import type { Labelled } from "./labelled.js";
import { aucPr, stretches, vusPr } from "./vus.js";

export interface DetectOptions {
  /** Rows that are taken as usual. */
  readonly warmUp: number;
  readonly alertsPerDay: number;
  readonly detectors: readonly DetectorName[] | "auto";
  /** Rows around an anomaly that count a little, for VUS-PR. */
  readonly buffer: number;
  /** Rows after an anomaly's end in which an alert still counts as its. */
  readonly delay: number;
}

/** How a detector did on one file, after its warm-up. */
export interface DetectResult {
  readonly vusPr: number;
  readonly aucPr: number;
  /** Anomalies in which an alert was raised or updated, and all of them. */
  readonly hit: number;
  readonly events: number;
  /** Alerts raised or updated outside. */
  readonly falseAlerts: number;
  /** Anomalies among as many of the highest peaks of the score as there are anomalies. */
  readonly peaksHit: number;
  /** Rows from an anomaly's beginning to its first alert, median; null without any. */
  readonly delay: number | null;
  readonly alertsPerDay: number;
  /** Rows under an open alert, by label. */
  readonly rows: { readonly tp: number; readonly fp: number; readonly fn: number; readonly tn: number };
}

/** What is known of every row: how unusual it is, whether an alert is open, whether one fires. */
export interface Judged {
  readonly scores: Float64Array;
  readonly open: Uint8Array;
  readonly fires: Uint8Array;
}

/** Runs a recording through the detectors as a pipeline does, without a network. */
export function judge({ signals, times, rows }: Labelled, options: DetectOptions): Judged {
  const auto = chooseDetectors(signals.length, 1);
  const { warmUp, alertsPerDay } = options;
  const detectors = options.detectors === "auto" ? auto.detectors : options.detectors;
  const stage = detectionStage({
    targets: signals,
    horizons: [1],
    unit: "step",
    watch: { alertsPerDay, warmUp, hold: 5, limits: {}, detectors, rings: auto.rings },
  });
  const scores = new Float64Array(rows.length);
  const open = new Uint8Array(rows.length);
  const fires = new Uint8Array(rows.length);
  for (const [i, values] of rows.entries()) {
    const event = eventOf(values, times[i] ?? 0, i);
    const batch = {
      events: [event],
      requests: [],
      deadLetters: [],
      ledger: [],
      log: [],
      delivery: new Delivery(),
    };
    void stage.process(batch);
    refuseFaults(batch);
    scores[i] = event.prediction?.score ?? 0;
    open[i] = event.prediction?.alert ? 1 : 0;
    fires[i] = event.change && event.change.state !== "cleared" ? 1 : 0;
  }
  return { scores, open, fires };
}

function eventOf(values: Float64Array, time: number, i: number): StreamEvent {
  const event = streamEvent({ key: "default", time, arrival: time, values: {} });
  return Object.assign(event, {
    position: i + 1,
    seq: i + 1,
    begins: i === 0,
    target: values,
    scale: new Float64Array(values.length),
  });
}

/** Measures what was judged against the labels, from the warm-up's end on. */
export function measure(file: Labelled, judged: Judged, options: DetectOptions): DetectResult {
  const { warmUp, buffer, delay } = options;
  const scores = judged.scores.slice(warmUp);
  const labels = file.labels.slice(warmUp);
  const open = judged.open.slice(warmUp);
  const fires = judged.fires.slice(warmUp);
  const anomalies = stretches(labels);
  const delays: number[] = [];
  const own = new Uint8Array(labels.length);
  for (const [first, last] of anomalies) {
    const until = Math.min(labels.length - 1, last + delay);
    own.fill(1, first, until + 1);
    const at = fires.indexOf(1, first);
    const isOpen = open[first] === 1;
    if (isOpen) delays.push(0);
    else if (at >= 0 && at <= until) delays.push(at - first);
  }
  delays.sort((a, b) => a - b);
  const days = ((file.times.at(-1) ?? 0) - (file.times[warmUp] ?? 0)) / 86_400_000;
  // Two rows of one anomaly are not two peaks.
  const longest = anomalies.reduce((most, [first, last]) => Math.max(most, last - first), 0);
  const tops = peaks(scores, anomalies.length, longest + buffer);
  const peaksHit = anomalies.filter(([first, last]) => tops.some((at) => at >= first && at <= last + delay));
  const count = (isAlert: number, isAnomaly: number) =>
    labels.reduce((sum, label, i) => sum + (label === isAnomaly && open[i] === isAlert ? 1 : 0), 0);
  const all = fires.reduce((sum, fire) => sum + fire, 0);
  return {
    vusPr: vusPr(scores, labels, buffer),
    aucPr: aucPr(scores, labels),
    hit: delays.length,
    events: anomalies.length,
    falseAlerts: fires.reduce((sum, fire, i) => sum + (fire && !own[i] ? 1 : 0), 0),
    peaksHit: peaksHit.length,
    delay: delays[delays.length >> 1] ?? null,
    alertsPerDay: days > 0 ? all / days : 0,
    rows: { tp: count(1, 1), fp: count(1, 0), fn: count(0, 1), tn: count(0, 0) },
  };
}

/** Rows of the highest scores, no two of them within so many rows of each other. */
function peaks(scores: Float64Array, count: number, apart: number): number[] {
  const found: number[] = [];
  for (const at of Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!)) {
    if (found.length === count) break;
    if (found.every((other) => Math.abs(other - at) > apart)) found.push(at);
  }
  return found;
}

/** Rules that know nothing, so that nobody takes a benchmark's gifts for skill. */
export function baselines({ rows, labels }: Labelled, warmUp: number): Record<string, Judged> {
  const T = rows.length;
  const clock = Uint8Array.from({ length: T }, (_, i) => (Math.floor(i / 60) % 2 === 1 ? 1 : 0));
  const half = Uint8Array.from({ length: T }, (_, i) => (i >= warmUp + (T - warmUp) / 4 ? 1 : 0));
  const d = rows[0]?.length ?? 0;
  const known = rows.slice(0, warmUp);
  const z = new Float64Array(T);
  for (let j = 0; j < d; j++) {
    const mean = known.reduce((sum, row) => sum + row[j]!, 0) / known.length;
    const variance = known.reduce((sum, row) => sum + (row[j]! - mean) ** 2, 0) / known.length;
    const sd = Math.sqrt(variance) || 1;
    for (let i = 0; i < T; i++) z[i] = Math.max(z[i]!, Math.abs(rows[i]![j]! - mean) / sd);
  }
  const rising = (open: Uint8Array) => open.map((now, i) => (now && !open[i - 1] ? 1 : 0));
  const rule = (scores: Float64Array, open: Uint8Array): Judged => ({ scores, open, fires: rising(open) });
  return {
    "|z| > 5": rule(
      z,
      Uint8Array.from(z, (value) => (value > 5 ? 1 : 0)),
    ),
    "a clock": rule(Float64Array.from(clock), clock),
    "the last three quarters": rule(Float64Array.from(half), half),
    "all labels": rule(Float64Array.from(labels), labels),
  };
}
