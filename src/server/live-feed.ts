import { type Batch, type StreamEvent, standing } from "../core/index.js";
import type { LearningLog } from "./learning-log.js";
import { machineFrame, ThreadLoad } from "./machine.js";
import type { Shown, ShownPipeline } from "./shown-pipeline.js";
import { alertNews, MOST_KEYS, pointOf } from "./stored.js";
import type { AlertNews, KeyNews, LearningNews, LiveFrame, Point } from "./wire.js";

/** Frames a second, however many events come: what people can see. */
const FRAME_MS = 250;
const MACHINE_EVERY = 4;
/** Of one key in one frame; a faster stream's oldest are left to the history. */
const MOST_POINTS = 500;
const MOST_ALERTS = 500;
/** Of a larger state only the first units are shown. */
const MOST_UNITS = 256;

/** One open page. */
export interface Reader {
  /** Whose points it wants, and of which target. */
  readonly key: string | undefined;
  readonly target: number;
  send(event: "frame" | "machine" | "learning", json: string): void;
}

interface Looked {
  readonly key: string;
  readonly target: number;
  points: Point[];
}

/**
 * What open pages are told of a pipeline: events are gathered, and handed on four times a second. With no page
 * open it watches nothing and has no timer. Memory: one entry per key, and a few hundred points.
 */
export class LiveFeed {
  readonly #pipeline: ShownPipeline;
  readonly #shown: Shown;
  readonly #learning: LearningLog;
  readonly #readers = new Set<Reader>();
  /** By key and target of those that are looked at. */
  readonly #looked = new Map<string, Looked>();
  #newest = new Map<string, StreamEvent>();
  #alerts: AlertNews[] = [];
  #timer: NodeJS.Timeout | undefined;
  #unwatch: () => void = () => {};
  #load = new ThreadLoad();
  #ticks = 0;

  constructor(pipeline: ShownPipeline, shown: Shown, learning: LearningLog) {
    this.#pipeline = pipeline;
    this.#shown = shown;
    this.#learning = learning;
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** @returns what ends it */
  join(reader: Reader): () => void {
    this.#readers.add(reader);
    this.#lookAtKeys();
    if (this.#timer === undefined) {
      this.#load = new ThreadLoad();
      this.#unwatch = this.#pipeline.watch({ onCommitted: (batch) => this.#take(batch) });
      this.#timer = setInterval(() => this.#tick(), FRAME_MS);
      this.#timer.unref();
    }
    const now = Date.now();
    reader.send("machine", JSON.stringify(machineFrame(this.#pipeline, this.#shown, 0, now)));
    for (const news of this.#learning.news.slice(-1)) reader.send("learning", JSON.stringify(news));
    return () => {
      this.#readers.delete(reader);
      this.#lookAtKeys();
      if (this.#readers.size === 0) this.close();
    };
  }

  /** The learner has said something. */
  learned(news: LearningNews): void {
    if (this.#readers.size === 0) return;
    const json = JSON.stringify(news);
    for (const reader of this.#readers) reader.send("learning", json);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#unwatch();
    this.#unwatch = () => {};
    this.#readers.clear();
    this.#looked.clear();
    this.#newest.clear();
    this.#alerts = [];
  }

  #lookAtKeys(): void {
    const wanted = new Map<string, Looked>();
    for (const { key, target } of this.#readers) {
      if (key === undefined) continue;
      const name = lookedName(key, target);
      wanted.set(name, this.#looked.get(name) ?? { key, target, points: [] });
    }
    this.#looked.clear();
    for (const [name, looked] of wanted) this.#looked.set(name, looked);
  }

  /** Stands on the event path: as little as possible is done here. */
  #take({ events, requests }: Batch): void {
    // A key that fell silent has an alert without an event.
    for (const { alert } of standing(requests)) if (alert) this.#alerts.push(alertNews(alert));
    const looked = [...this.#looked.values()];
    for (const event of events) {
      if (event.prediction === undefined) continue;
      const { key, time } = event.sample;
      if (this.#newest.has(key) || this.#newest.size < MOST_KEYS) this.#newest.set(key, event);
      if (event.change && this.#alerts.length < MOST_ALERTS) {
        this.#alerts.push(alertNews({ key, time, change: event.change }));
      }
      for (const one of looked) {
        if (one.key !== key) continue;
        if (one.points.length >= MOST_POINTS) one.points.shift();
        const { position, prediction } = event;
        one.points.push(pointOf({ position, time, prediction }, one.target));
      }
    }
  }

  #tick(): void {
    this.#ticks++;
    if (this.#ticks % MACHINE_EVERY === 0) this.#tellMachine();
    if (this.#newest.size === 0 && this.#alerts.length === 0) return;
    const { model } = this.#pipeline;
    const common = JSON.stringify({
      model,
      keys: [...this.#newest.values()].map((event) => keyNews(event, this.#pipeline)),
      alerts: this.#alerts,
    } satisfies LiveFrame).slice(0, -1);
    this.#newest = new Map();
    this.#alerts = [];
    const own = new Map([...this.#looked].map(([name, looked]) => [name, this.#lookedJson(looked)]));
    for (const reader of this.#readers) {
      const more = reader.key === undefined ? "" : (own.get(lookedName(reader.key, reader.target)) ?? "");
      reader.send("frame", `${common}${more}}`);
    }
  }

  #lookedJson(looked: Looked): string {
    const { points, key } = looked;
    looked.points = [];
    const time = points.at(-1)?.[1];
    if (time === undefined) return "";
    const state = this.#pipeline.hiddenState(key);
    if (state === undefined) return `,"points":${JSON.stringify(points)}`;
    const units = Array.from({ length: Math.min(MOST_UNITS, state.length) }, (_, i) => hundredths(state[i]!));
    return `,"points":${JSON.stringify(points)},"hidden":${JSON.stringify({ time, units })}`;
  }

  #tellMachine(): void {
    const frame = machineFrame(this.#pipeline, this.#shown, this.#load.sinceLast(), Date.now());
    const json = JSON.stringify(frame);
    for (const reader of this.#readers) reader.send("machine", json);
  }
}

function keyNews({ sample, seq, prediction }: StreamEvent, pipeline: ShownPipeline): KeyNews {
  const { key, time } = sample;
  const muted = pipeline.mutedUntil(key) ?? 0;
  const point = prediction && pointOf({ position: 0, time, prediction }, 0);
  return [key, seq, time, point?.[2] ?? null, point?.[7] ?? null, point?.[8] ?? 0, muted > time ? muted : 0];
}

function lookedName(key: string, target: number): string {
  return `${target} ${key}`;
}

function hundredths(value: number): number {
  return Math.round(100 * value) / 100;
}
