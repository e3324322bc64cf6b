import type { Batch } from "./batch.js";
import { problem } from "./problem.js";
import { type StreamEvent, streamEvent } from "./stream-event.js";

/** The slot under which it stands in the log that a stage failed at an event; the entry's kind is the stage's name. */
export const FAULTS = "fault";

/** How a stage steps events one by one, and what it does when it fails at one. */
export interface EventSteps {
  /** For people and for the log: `features`, `cells`, ... */
  readonly stage: string;
  /** An event that is to be stepped. A promise holds back those behind. */
  step(event: StreamEvent): void | Promise<void>;
  /** Forgets what the stage remembers of a key, half of which may be of the event that it failed at. */
  forget(key: string): void;
  /** Of a stage that can make the step undone: called instead of `forget`, after a step that threw. */
  undo?(key: string): void;
  /** A sequence of the key begins with an event that another stage failed at. */
  begin?(key: string): void;
}

/**
 * Steps a batch's events in order. An event at which the step throws gets the note `fault`: it has no outcome, the
 * stages behind leave it alone, and the stage forgets that key unless it can make the step undone. No other key, and no
 * other stage, loses anything; and as it is decided event by event, it doesn't matter how they were batched. It is
 * written to the log, and is so again wherever the journal is stepped again, whether the step would still fail or not.
 *
 * What isn't the event's fault passes through, see `isProgramFault`; so does what `forget` throws.
 */
export function stepEvents(batch: Batch, steps: EventSteps, first = 0): void | Promise<void> {
  const { events } = batch;
  for (let i = first; i < events.length; i++) {
    const waiting = stepEvent(batch, events[i]!, steps);
    if (waiting !== undefined) return waiting.then(() => stepEvents(batch, steps, i + 1));
  }
}

/** The same for one event of a batch. */
export function stepEvent(batch: Batch, event: StreamEvent, steps: EventSteps): void | Promise<void> {
  if (event.note !== "") {
    if (event.note === "fault" && event.begins) steps.begin?.(event.sample.key);
    return;
  }
  if (event.failsIn === steps.stage) {
    const { key } = event.sample;
    if (steps.undo === undefined) steps.forget(key);
    else if (event.begins) steps.begin?.(key);
    leaveOut(batch, event, steps.stage, "it failed when it was first stepped");
    return;
  }
  try {
    return steps.step(event)?.catch((error: unknown) => fail(batch, event, steps, error));
  } catch (error) {
    fail(batch, event, steps, error);
  }
}

function fail(batch: Batch, event: StreamEvent, steps: EventSteps, error: unknown): void {
  if (isProgramFault(error)) throw error;
  const { key } = event.sample;
  if (steps.undo) steps.undo(key);
  else steps.forget(key);
  leaveOut(batch, event, steps.stage, faultText(error));
}

function leaveOut(batch: Batch, event: StreamEvent, stage: string, why: string): void {
  const { sample, position, failsIn, seq, begins, ends, isMark } = event;
  Object.assign(event, streamEvent(sample), { position, failsIn, seq, begins, ends, isMark, note: "fault" });
  const of = `key ${JSON.stringify(sample.key)}: ${why}`;
  batch.log.push({ position, slot: FAULTS, kind: stage, why: of, body: new Uint8Array(0) });
}

/** For whoever can do without no event. @throws Error code `STAGE_FAILED` when a stage has failed at one of the batch's */
export function refuseFaults({ log }: Pick<Batch, "log">): void {
  const fault = log.find(({ slot }) => slot === FAULTS);
  if (fault === undefined) return;
  throw problem(Error, {
    code: "STAGE_FAILED",
    action: "step all events through",
    on: fault.kind,
    expected: "each of them to be stepped",
    found: `event ${fault.position}, ${fault.why}`,
  });
}

/** What says that memory has run out, that a model is closed, or that a state is damaged. */
const PROGRAM_CODES = new Set([
  "KERNEL_MEMORY",
  "ONNX_NO_MEMORY",
  "MODEL_CLOSED",
  "STATE_CORRUPT",
  "NETWORK_CORRUPT",
]);

/**
 * Memory that has run out, a trap in WebAssembly (whose memory all keys share, and which can't be trusted after it),
 * damaged state: the next event would fail as well, or be wrong. The stream ends, and the broker keeps what comes.
 */
export function isProgramFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && PROGRAM_CODES.has(String(error.code))) return true;
  // Nothing looser: other messages may quote what came from outside.
  return error.name === "RuntimeError" || error.message === "Array buffer allocation failed";
}

/** Longest text of a fault, in characters. */
const LONGEST = 400;

/** What an error says, in one line: parts of it may come from outside. */
export function faultText(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").slice(0, LONGEST);
}
