import { type ByteReader, type ByteWriter, readLabel, type StreamEvent } from "../core/index.js";
import {
  type SeasonInputs,
  STANDSTILL,
  type StarterStep,
  type TendedSequence,
  type TrainingSequence,
} from "../training/index.js";
import { doubtUnderAlert, doubtUnderLabel } from "./doubts.js";

/** Sizes of what is remembered per event. */
export interface TrainingShape {
  readonly inputs: number;
  readonly targets: number;
  /** targets * horizons */
  readonly outputs: number;
  /** [inputs] How much history has to stand behind a network that uses an input, ms; default none. */
  readonly neededMs?: readonly number[];
  /** Inputs that are seasonal forecasts; default none. */
  readonly seasons?: readonly SeasonInputs[];
}

/** After forgetting, at most this share of the capacity is taken. */
const ENOUGH_ROOM = 0.75;

/** One key's part of the memory: flat rows, in the order of the stream. */
interface Lane {
  x: number[];
  y: number[];
  scale: number[];
  begins: number[];
  /** `DOUBT`: an alert was open, or somebody said that it should have been. */
  doubtful: number[];
  /** Event times, ms. */
  times: number[];
  /** Rows in a row at the end at which the alert was open. */
  alerted: number;
  /** Event time of the first row, ms. */
  firstMs: number;
  lastMs: number;
  /** Rows at the end on which no network was judged yet. */
  fresh: number;
  /** Rows at the end since the forecasts' errors changed for good; all, if they never did. */
  recent: number;
}

/**
 * What a network is trained on: inputs and targets of the pipeline's newest events, per key. Holds at
 * most `capacity` events of all keys; when full, every key's older half is forgotten, and where that is not enough
 * (nearly as many keys as events) the keys that it has known for longest.
 */
export class TrainingMemory {
  readonly #shape: TrainingShape;
  readonly #capacity: number;
  readonly #lanes = new Map<string, Lane>();
  #events = 0;

  constructor(shape: TrainingShape, capacity: number) {
    this.#shape = shape;
    this.#capacity = capacity;
  }

  get events(): number {
    return this.#events;
  }

  /** Event time that its longest history spans, ms. */
  get spanMs(): number {
    return Math.max(0, ...[...this.#lanes.values()].map(({ firstMs, lastMs }) => lastMs - firstMs));
  }

  add(event: StreamEvent): void {
    const { input, target, scale } = event;
    if (input === undefined || target === undefined || scale === undefined) return;
    let lane = this.#lanes.get(event.sample.key);
    if (lane === undefined) {
      const { time } = event.sample;
      lane = {
        x: [],
        y: [],
        scale: [],
        begins: [],
        doubtful: [],
        times: [],
        alerted: 0,
        firstMs: time,
        lastMs: time,
        fresh: 0,
        recent: 0,
      };
      this.#lanes.set(event.sample.key, lane);
    }
    pushAll(lane.x, input);
    pushAll(lane.y, target);
    pushAll(lane.scale, scale);
    lane.begins.push(event.begins ? 1 : 0);
    lane.alerted = event.prediction?.alert ? lane.alerted + 1 : 0;
    lane.doubtful.push(doubtUnderAlert(lane.alerted));
    lane.times.push(event.sample.time);
    lane.lastMs = Math.max(lane.lastMs, event.sample.time);
    lane.fresh++;
    lane.recent++;
    this.#events++;
    if (this.#events > this.#capacity) this.#forgetOlderHalf();
  }

  #forgetOlderHalf(): void {
    for (const lane of this.#lanes.values()) this.#forget(lane, lane.begins.length >> 1);
    this.#dropEmpty();
    if (this.#events > ENOUGH_ROOM * this.#capacity) this.#forgetOldestLanes();
  }

  /** A key's oldest rows. */
  #forget(lane: Lane, rows: number): void {
    const { inputs, targets, outputs } = this.#shape;
    const share = rows / lane.begins.length;
    lane.x.splice(0, rows * inputs);
    lane.y.splice(0, rows * targets);
    lane.scale.splice(0, rows * outputs);
    for (const column of [lane.begins, lane.doubtful, lane.times]) column.splice(0, rows);
    // As if events came evenly: it is asked for its order of magnitude.
    lane.firstMs += (lane.lastMs - lane.firstMs) * share;
    lane.fresh = Math.min(lane.fresh, lane.begins.length);
    lane.recent = Math.min(lane.recent, lane.begins.length);
    this.#events -= rows;
  }

  #dropEmpty(): void {
    for (const [key, lane] of this.#lanes) if (lane.begins.length === 0) this.#lanes.delete(key);
  }

  /** Without room for many events the next ones would have all keys looked through each time. */
  #forgetOldestLanes(): void {
    for (const [key, lane] of this.#lanes) {
      if (this.#events <= this.#capacity / 2) return;
      this.#lanes.delete(key);
      this.#events -= lane.begins.length;
    }
  }

  /** A copy, one sequence per key. */
  sequences(): TrainingSequence[] {
    return [...this.#lanes.values()].map((lane) => ({
      x: new Float64Array(lane.x),
      y: new Float64Array(lane.y),
      scale: new Float64Array(lane.scale),
      begins: new Uint8Array(lane.begins),
      doubtful: new Uint8Array(lane.doubtful),
    }));
  }

  /** Event by event, one key after the other. */
  *steps(): Generator<StarterStep> {
    const { inputs: I, targets, outputs } = this.#shape;
    for (const [key, { x, y, scale, begins }] of this.#lanes) {
      for (let t = 0; t < begins.length; t++) {
        yield {
          key,
          x: Float64Array.from(x.slice(t * I, (t + 1) * I)),
          y: Float64Array.from(y.slice(t * targets, (t + 1) * targets)),
          scale: Float64Array.from(scale.slice(t * outputs, (t + 1) * outputs)),
          begins: begins[t] === 1,
        };
      }
    }
  }

  /** Somebody says what a stretch was: body of a request `label`. */
  label(key: string, body: Uint8Array): void {
    const lane = this.#lanes.get(key);
    if (lane === undefined) return;
    const label = readLabel(body);
    for (const [row, time] of lane.times.entries()) {
      lane.doubtful[row] = doubtUnderLabel(label, time, lane.doubtful[row] ?? 0);
    }
  }

  /** Forgets a key: its sensor was exchanged, say. */
  forget(key: string): void {
    this.#events -= this.#lanes.get(key)?.begins.length ?? 0;
    this.#lanes.delete(key);
  }

  /** Events, and the event times they span, ms. */
  get extent(): { events: number; fromMs: number; toMs: number } {
    const lanes = [...this.#lanes.values()];
    const fromMs = lanes.reduce(
      (least, lane) => Math.min(least, lane.times[0] ?? least),
      Number.POSITIVE_INFINITY,
    );
    const toMs = lanes.reduce((most, lane) => Math.max(most, lane.lastMs), Number.NEGATIVE_INFINITY);
    return { events: this.#events, fromMs, toMs };
  }

  /** A copy for tending: also what is fresh, which then is no longer. */
  takeTended(): TendedSequence[] {
    const lanes = [...this.#lanes.values()];
    const tended = this.sequences().map((sequence, i) => {
      const { firstMs, lastMs, begins, fresh, recent } = lanes[i]!;
      const intervalMs = begins.length > 1 ? (lastMs - firstMs) / (begins.length - 1) : 0;
      return { ...sequence, fresh, recent, intervalMs };
    });
    this.markJudged();
    return tended;
  }

  /** Nothing is fresh any more. */
  markJudged(): void {
    for (const lane of this.#lanes.values()) lane.fresh = 0;
  }

  /** A key's newest values are all the same: its sensor may be stuck. */
  standsStill(key: string): boolean {
    const { targets } = this.#shape;
    const y = this.#lanes.get(key)?.y ?? [];
    const newest = y.slice(-STANDSTILL * targets);
    return (
      newest.length === STANDSTILL * targets && newest.every((value, i) => value === newest[i % targets])
    );
  }

  /** What comes from now on is another stream than what came before. */
  markDrift(): void {
    for (const lane of this.#lanes.values()) lane.recent = 0;
  }

  /** Forgets what came before the last drift. */
  keepRecent(): void {
    for (const lane of this.#lanes.values()) this.#forget(lane, lane.begins.length - lane.recent);
    this.#dropEmpty();
  }

  clear(): void {
    this.#lanes.clear();
    this.#events = 0;
  }

  write(to: ByteWriter): void {
    to.u32(this.#lanes.size);
    for (const [key, lane] of this.#lanes) {
      to.text(key).f64s(lane.x).f64s(lane.y).f64s(lane.scale).bytes(new Uint8Array(lane.begins));
      to.bytes(new Uint8Array(lane.doubtful))
        .f64s(lane.times)
        .u32(lane.alerted)
        .f64(lane.firstMs)
        .f64(lane.lastMs)
        .u32(lane.fresh)
        .u32(lane.recent);
    }
  }

  read(from: ByteReader): void {
    this.clear();
    for (let left = from.u32(); left > 0; left--) {
      const key = from.text();
      const lane = {
        x: [...from.f64s()],
        y: [...from.f64s()],
        scale: [...from.f64s()],
        begins: [...from.bytes()],
        doubtful: [...from.bytes()],
        times: [...from.f64s()],
        alerted: from.u32(),
        firstMs: from.f64(),
        lastMs: from.f64(),
        fresh: from.u32(),
        recent: from.u32(),
      };
      this.#lanes.set(key, lane);
      this.#events += lane.begins.length;
    }
  }
}

/** Inputs whose cycle a history of this length doesn't hold, by index. */
export function unusedInputs({ neededMs = [] }: Pick<TrainingShape, "neededMs">, spanMs: number): number[] {
  return [...neededMs.keys()].filter((input) => (neededMs[input] ?? 0) > spanMs);
}

/** Writes the sequences of a job that is under way. */
export function writeSequences(sequences: readonly TendedSequence[], to: ByteWriter): void {
  to.u32(sequences.length);
  for (const { x, y, scale, begins, doubtful, fresh, recent, intervalMs } of sequences) {
    to.f64s(x).f64s(y).f64s(scale).bytes(begins).u32(fresh).u32(recent).f64(intervalMs);
    to.bytes(doubtful ?? new Uint8Array(begins.length));
  }
}

export function readSequences(from: ByteReader): TendedSequence[] {
  return Array.from({ length: from.u32() }, () => ({
    x: from.f64s(),
    y: from.f64s(),
    scale: from.f64s(),
    begins: from.bytes(),
    fresh: from.u32(),
    recent: from.u32(),
    intervalMs: from.f64(),
    doubtful: from.bytes(),
  }));
}

/** `push(...values)` walks a typed array by its iterator, which makes garbage of every number. */
function pushAll(column: number[], values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) column.push(values[i]!);
}
