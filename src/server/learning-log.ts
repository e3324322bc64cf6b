import type { Lineage, LineageEntry, Watcher } from "../runtime/index.js";
import type { Details, LearningNews, LineageNode } from "./wire.js";

type LearningReport = Parameters<NonNullable<Watcher["onLearning"]>>[0];

/** Reports that are remembered; of training under way only the newest. */
const MOST = 200;

/** What a pipeline's learner said since the start, newest last, bounded. */
export class LearningLog {
  #news: LearningNews[] = [];
  /** Reports of each kind since the start. */
  readonly counts = new Map<string, number>();

  get news(): readonly LearningNews[] {
    return this.#news;
  }

  add(report: LearningReport, now: number): LearningNews {
    const news = newsOf(report, now);
    this.counts.set(news.kind, (this.counts.get(news.kind) ?? 0) + 1);
    const isUnderWay = news.kind === "collecting" || news.kind === "progress";
    const last = this.#news.at(-1);
    if (isUnderWay && last?.kind === news.kind) this.#news.pop();
    this.#news.push(news);
    if (this.#news.length > MOST) this.#news.shift();
    return news;
  }
}

function newsOf(report: LearningReport, time: number): LearningNews {
  const has = <K extends string>(name: K) => (name in report ? (report as Record<K, unknown>)[name] : null);
  return {
    time,
    kind: report.kind,
    why: (has("why") as string | null) ?? null,
    model: (has("model") as string | null) ?? null,
    position: (has("position") as number | null) ?? null,
    progress: report.kind === "progress" ? { ...report.progress } : null,
    events: (has("events") as number | null) ?? null,
    of: (has("of") as number | null) ?? null,
    details: (has("details") as Details | null) ?? null,
  };
}

/** What the learner ever decided, for the page: without the weights. */
export function lineageNodes({ entries, service }: Lineage): LineageNode[] {
  return entries.map((entry) => lineageNode(entry, entry === service));
}

function lineageNode(entry: LineageEntry, inService: boolean): LineageNode {
  const { kind, checkpoint, rejected, replaced, position, time, why, judged, verdict } = entry;
  const shown = checkpoint ?? rejected;
  return {
    kind,
    model: checkpoint?.model ?? null,
    address: shown?.address ?? null,
    parameters: shown?.parameters ?? null,
    shape: shown ? shapeWords(shown.forecaster) : null,
    replaced,
    position,
    time,
    why,
    inService,
    judged,
    verdict: verdict?.why ?? null,
    details: detailsOf(entry.details),
    tunings: entry.tunings.map(({ position, details }) => ({ position, details: detailsOf(details) })),
  };
}

/** The gradients of a first training are many numbers that the page doesn't show. */
function detailsOf({ gradients: _, ...details }: LineageEntry["details"]): Details {
  return details;
}

function shapeWords({ networks }: NonNullable<LineageEntry["checkpoint"]>["forecaster"]): string {
  const first = networks[0]?.[0]?.shape;
  if (first === undefined) return "";
  const { cell, inputs, hidden, layers, outputs } = first;
  const count = networks.reduce((sum, members) => sum + members.length, 0);
  return `${count === 1 ? "" : `${count} x `}${cell} ${[inputs, ...Array(layers).fill(hidden), outputs].join(" → ")}`;
}
