export type { Batch, DeadLetter, LedgerEntry } from "./batch.js";
export { ByteReader, ByteWriter, giveBack } from "./bytes.js";
export { decompose, substitute } from "./cholesky.js";
export { type Clock, ManualClock, systemClock } from "./clock.js";
export { Delivery, type Settlement } from "./delivery.js";
export { parseDuration } from "./duration.js";
export {
  formatTime,
  type TimeForm,
  type TimeReader,
  type TimeReaderOptions,
  timeReader,
  timeTexts,
} from "./event-time.js";
export { type KeyTemplate, parseKeyTemplate } from "./key-template.js";
export { KeyedState, type KeyedStateFormat } from "./keyed-state.js";
export { LABELS, type Label, type LabelKind, readLabel, writeLabel } from "./label.js";
export type { LogEntry } from "./log-entry.js";
export { cos, exp, expm1, log, log1p, pow, sigmoid, sin, tanh } from "./math.js";
export type {
  Ahead,
  AlertChange,
  AlertState,
  Classification,
  Estimate,
  Inference,
  Prediction,
  StepInference,
  SymbolSet,
  TargetForecast,
  WrittenText,
} from "./prediction.js";
export { type ProblemParts, problem } from "./problem.js";
export {
  forgetAsked,
  REQUESTS,
  type Refusal,
  type Request,
  type RequestKind,
  request,
  requestFromEntry,
  requestToEntry,
  standing,
} from "./request.js";
export { Rng } from "./rng.js";
export type { Sample, Value } from "./sample.js";
export type { Stage } from "./stage.js";
export type { StateSlot } from "./state-slot.js";
export {
  type EventSteps,
  FAULTS,
  faultText,
  isProgramFault,
  refuseFaults,
  stepEvent,
  stepEvents,
} from "./step-events.js";
export { dropWork, type Note, type StreamEvent, streamEvent } from "./stream-event.js";
export { joinSymbols, splitText, type TextSplit } from "./text-symbols.js";
export { type TimeZone, timeZone } from "./time-zone.js";
export { matches, overlaps, validFilter, validTopic } from "./topic-filter.js";
