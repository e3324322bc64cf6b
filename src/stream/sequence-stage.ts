import {
  type Batch,
  KeyedState,
  type Note,
  type Request,
  type Sample,
  type Stage,
  type StreamEvent,
} from "../core/index.js";
import { readForgotten } from "./forgotten.js";

export interface SequenceOptions {
  /** A pause longer than this (event time, ms) resets the key's hidden state; undefined: none does. */
  readonly gapMs?: number;
  /** Events earlier than the key's newest accepted time: step them as they come, or drop them. */
  readonly late: "step" | "drop";
  /** Fields of marks, not 0 at a sequence's first and last event. */
  readonly start?: string;
  /** true: every event is a last one. */
  readonly end?: string | true;
  /** Fields among these of events that are nothing but a mark: it stands where it comes, whatever its time. */
  readonly marks?: readonly string[];
  /** Field with the event's own number or id: one seen among the key's last ones is a repeat. */
  readonly id?: string;
  /** How many ids of each key are remembered, default 512: at least as many as a broker may hold un-acknowledged. */
  readonly rememberedIds?: number;
}

/** As many as a broker may hold un-acknowledged, and so send again. */
const REMEMBERED_IDS = 512;
/** What a short id takes in memory: the text, and its place in a set. */
const ID_BYTES = 64;

interface KeySequence {
  /** Accepted events of the key; under the key "" positions of the pipeline's log. */
  count: number;
  /** Newest accepted event time, ms. */
  newest: number;
  /** The last ids, oldest first; under the key "" those of requests. */
  ids: Set<string>;
  /** No sequence is under way: there was no event yet, or the newest accepted one was a sequence's last. */
  hasEnded: boolean;
  /**
   * The key's count where what is known of it begins: where it was reset, or first seen. Under the key "" what the count
   * begins at of a key that is not known: no forgotten one's was higher.
   */
  floor: number;
}

/** The slot's name. Its entries begin with the key's count. */
export const SEQUENCE_SLOT = "sequence";

/**
 * Per key: is this event repeated, late, a sequence's first or last? Counts `seq` and `position`. Every event
 * takes a position, also one that is not stepped, and so does every request that can be done: the log is what
 * came, in order.
 */
export function sequenceStage(options: SequenceOptions): Stage {
  const sequences = new KeyedState<KeySequence>({
    name: SEQUENCE_SLOT,
    version: 2,
    create: () => ({
      count: 0,
      newest: Number.NEGATIVE_INFINITY,
      ids: new Set(),
      hasEnded: true,
      floor: 0,
    }),
    write: (state, to) => {
      to.f64(state.count)
        .f64(state.newest)
        .u8(state.hasEnded ? 1 : 0)
        .u32(state.ids.size);
      for (const id of state.ids) to.text(id);
      // Entries of before there was one end here.
      if (state.floor > 0) to.f64(state.floor);
    },
    read: (from) => {
      const [count, newest, hasEnded] = [from.f64(), from.f64(), from.u8() === 1];
      const state: KeySequence = { count, newest, ids: new Set(), hasEnded, floor: 0 };
      for (let left = from.u32(); left > 0; left--) state.ids.add(from.text());
      if (from.hasMore) state.floor = from.f64();
      return state;
    },
    bytes: ({ ids }) => ID_BYTES * ids.size,
  });

  return {
    slots: [sequences],
    process(batch: Batch): void {
      const log = sequences.of("");
      for (const request of batch.requests) place(sequences, request);
      for (const event of batch.events) {
        // An event of the journal has its position already; the journal may have been cut before it.
        log.count = event.position > 0 ? event.position : log.count + 1;
        event.position = log.count;
        if (event.note === "") step(known(sequences, event.sample.key), event, options);
      }
    },
  };
}

/** The key's record. A count begins where no key's has been that was forgotten: so no event has the number of another. */
function known(sequences: KeyedState<KeySequence>, key: string): KeySequence {
  if (sequences.has(key)) return sequences.of(key);
  const { floor } = sequences.of("");
  return Object.assign(sequences.of(key), { count: floor, floor });
}

/** Keys that are gone; in a replay they may not be known any more. */
function forget(sequences: KeyedState<KeySequence>, body: Uint8Array): void {
  const log = sequences.of("");
  for (const { key, count } of readForgotten(body)) {
    log.floor = Math.max(log.floor, count);
    sequences.reset(key);
  }
}

/** Nothing but the count of its events is known of the key any more: what is usual is learned from here on. */
function beginAnew(state: KeySequence): void {
  state.floor = state.count;
}

/** Gives a request its place in the log, unless it has been done before or concerns nobody. */
function place(sequences: KeyedState<KeySequence>, request: Request): void {
  if (request.refusal !== undefined) return;
  const log = sequences.of("");
  if (request.position === 0 && request.id !== "" && log.ids.has(request.id)) {
    request.isRepeated = true;
    return;
  }
  if (request.key !== "" && !sequences.has(request.key)) {
    const message = `Cannot ${request.kind} key ${JSON.stringify(request.key)}: expected a key that has had an event, found none`;
    request.refusal = { code: "NO_SUCH_KEY", message };
    return;
  }
  if (request.id !== "") remember(log, request.id);
  log.count = request.position > 0 ? request.position : log.count + 1;
  request.position = log.count;
  if (request.kind === "forget") forget(sequences, request.body);
  if (request.kind === "reset" && request.key !== "") beginAnew(sequences.of(request.key));
}

function remember({ ids }: KeySequence, id: string, most = REMEMBERED_IDS): void {
  ids.add(id);
  for (const oldest of ids) {
    if (ids.size <= most) break;
    ids.delete(oldest);
  }
}

function step(state: KeySequence, event: StreamEvent, options: SequenceOptions): void {
  const { values } = event.sample;
  event.isMark = options.marks?.some((field) => isMarked(values, field)) === true;
  if (event.isMark) {
    accept(state, event, options, false);
    return;
  }
  const note = refusal(state, event, options);
  if (note !== "") {
    event.note = note;
    return;
  }
  const { time } = event.sample;
  accept(state, event, options, options.gapMs !== undefined && time - state.newest > options.gapMs);
  state.newest = Math.max(state.newest, time);
}

function accept(state: KeySequence, event: StreamEvent, options: SequenceOptions, isAfterGap: boolean): void {
  const { values } = event.sample;
  event.begins = state.hasEnded || isMarked(values, options.start) || isAfterGap;
  event.ends = options.end === true ? !event.isMark : isMarked(values, options.end);
  state.hasEnded = event.ends;
  event.seq = ++state.count;
  event.floor = state.floor;
}

function isMarked(values: Sample["values"], field: string | undefined): boolean {
  return field !== undefined && values[field] !== undefined && values[field] !== 0;
}

function refusal(state: KeySequence, event: StreamEvent, options: SequenceOptions): Note | "" {
  if (options.id !== undefined) {
    const id = String(event.sample.values[options.id]);
    if (state.ids.has(id)) return "repeated";
    remember(state, id, options.rememberedIds);
  }
  return options.late === "drop" && event.sample.time < state.newest ? "late" : "";
}
