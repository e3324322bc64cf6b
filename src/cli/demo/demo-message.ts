import type { Ahead, AlertState } from "../../core/index.js";
import type { FaultKind } from "./fault.js";

/** What the demo shows of a prediction, as it stands on its topic. Times in ms. */
export interface PredictionMessage {
  readonly kind: "prediction";
  readonly key: string;
  readonly time: number;
  readonly value: number | null;
  readonly score: number | null;
  readonly alert: boolean;
  readonly model: string;
  readonly seq: number;
  readonly position: number;
  /** The nearest look ahead. */
  readonly next: Ahead | undefined;
}

export interface AlertMessage {
  readonly kind: "alert";
  readonly key: string;
  readonly state: AlertState;
  readonly since: number;
  readonly time: number;
  readonly why: string;
  readonly seq: number;
}

export interface StatusMessage {
  readonly kind: "status";
  readonly state: string;
  readonly why: string;
}

export interface LearningMessage {
  readonly kind: "learning";
  /** What happened: `collecting`, `training`, `progress`, `checkpoint`, `rejected`. */
  readonly what: string;
  readonly why: string;
  /** How many events the network is, or is to be, trained on; undefined where it isn't said. */
  readonly events?: number | undefined;
}

/** The simulation's truth, which no detector is told: a fault began, or (undefined) is over. */
export interface FaultMessage {
  readonly kind: "fault";
  readonly pump: string;
  readonly fault: FaultKind | undefined;
  readonly time: number;
}

/** Nothing happened but time. */
export interface TickMessage {
  readonly kind: "tick";
}

export type EddyMessage = PredictionMessage | AlertMessage | StatusMessage | LearningMessage;
export type DemoMessage = EddyMessage | FaultMessage | TickMessage;

/**
 * Reads what Eddy published: the last level of the topic says what it is.
 *
 * @returns undefined for what the demo doesn't show: an empty payload (a retained alert that is removed),
 *   other topics, anything that isn't in Eddy's format
 */
export function readEddyMessage(topic: string, payload: string): EddyMessage | undefined {
  const fields = parseObject(payload);
  if (fields === undefined) return undefined;
  switch (topic.slice(topic.lastIndexOf("/") + 1)) {
    case "prediction":
      return readPrediction(fields);
    case "alert":
      return readAlert(fields);
    case "status":
      return { kind: "status", state: textOf(fields["state"]), why: textOf(fields["why"]) };
    case "learning":
      return {
        kind: "learning",
        what: textOf(fields["kind"]),
        why: textOf(fields["why"]),
        events: numberOf(fields["of"]) ?? numberOf(fields["events"]) ?? undefined,
      };
    default:
      return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function readPrediction(fields: Fields): PredictionMessage | undefined {
  const key = textOf(fields["key"]);
  const time = timeOf(fields["time"]);
  const seq = numberOf(fields["seq"]);
  const position = numberOf(fields["position"]);
  if (key === "" || time === null || seq === null || position === null) return undefined;
  const next = fields["next"];
  return {
    kind: "prediction",
    key,
    time,
    value: numberOf(fields["value"]),
    score: numberOf(fields["score"]),
    alert: fields["alert"] === true,
    model: textOf(fields["model"]),
    seq,
    position,
    next: Array.isArray(next) ? readAhead(next[0]) : undefined,
  };
}

function readAhead(ahead: unknown): Ahead | undefined {
  if (!isFields(ahead)) return undefined;
  const steps = numberOf(ahead["steps"]);
  const forecast = numberOf(ahead["forecast"]);
  if (steps === null || forecast === null) return undefined;
  return { steps, forecast, lower: numberOf(ahead["lower"]), upper: numberOf(ahead["upper"]) };
}

function readAlert(fields: Fields): AlertMessage | undefined {
  const key = textOf(fields["key"]);
  const state = fields["state"];
  const since = timeOf(fields["since"]);
  const time = timeOf(fields["time"]);
  const seq = numberOf(fields["seq"]);
  if (state !== "raised" && state !== "updated" && state !== "cleared") return undefined;
  if (key === "" || since === null || time === null || seq === null) return undefined;
  return { kind: "alert", key, state, since, time, why: textOf(fields["why"]), seq };
}

function parseObject(payload: string): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(payload);
    return isFields(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** Text for a terminal: control characters, which could move its cursor, become `?`. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value.replace(/\p{Cc}/gu, "?") : "";
}

function timeOf(value: unknown): number | null {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}
