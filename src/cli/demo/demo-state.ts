import type { Ahead } from "../../core/index.js";
import { type Cell, grow } from "./cell.js";
import type { AlertMessage, DemoMessage, FaultMessage, PredictionMessage } from "./demo-message.js";
import type { FaultKind } from "./fault.js";
import { count, type Rate, startRate } from "./rate.js";

/** What is known of the demo before its first message. */
export interface DemoSetup {
  readonly pipeline: string;
  /** Where the broker listens: `mqtt://localhost:1883`. */
  readonly broker: string;
  /** Where a browser shows the same; absent: nowhere. */
  readonly dashboard?: string;
  readonly pumps: readonly string[];
  /** The pipeline's target and its unit. */
  readonly field: string;
  readonly unit: string;
  /** Events on which the first network is trained. */
  readonly learnEvents: number;
  /** Events of a key before its scores count. */
  readonly warmUp: number;
  /** Lines of the alert list that are kept. */
  readonly alertLines?: number;
}

/** A fault of the simulation, as far as the alerts are judged by it. */
interface KnownFault {
  readonly kind: FaultKind;
  readonly since: number;
  /** Undefined while it is on. */
  readonly until: number | undefined;
  /** False when it began before the pump's scores counted: nobody could notice it. */
  readonly counts: boolean;
  readonly isNoticed: boolean;
}

export interface PumpState {
  readonly name: string;
  readonly value: number | null;
  readonly score: number | null;
  readonly seq: number;
  readonly next: Ahead | undefined;
  /** The last minute, a second a cell, oldest first. */
  readonly cells: readonly Cell[];
  readonly alert: { readonly since: number; readonly why: string; readonly seq: number } | undefined;
  readonly fault: KnownFault | undefined;
}

/** What the simulation really did at an alert's time: a fault, one just over, or nothing. */
export type Truth = FaultKind | "aftermath" | "nothing";

/** A line of the alert list. */
export interface AlertLine {
  /** Counts the lines of this run, from 1. */
  readonly number: number;
  readonly state: "raised" | "cleared";
  readonly time: number;
  readonly since: number;
  readonly pump: string;
  readonly why: string;
  readonly simulated: Truth;
}

export interface DemoState {
  readonly setup: DemoSetup;
  readonly startedAt: number;
  readonly now: number;
  readonly predictions: number;
  readonly rate: Rate;
  /** Newest place in the pipeline's log. */
  readonly position: number;
  /** Network that made the newest prediction; empty before it. */
  readonly model: string;
  readonly status: { readonly state: string; readonly why: string } | undefined;
  readonly learning: { readonly what: string; readonly why: string } | undefined;
  /** Events on which the first network is being trained: more after one that was not good enough. */
  readonly learnEvents: number;
  readonly isTraining: boolean;
  readonly pumps: readonly PumpState[];
  /** Newest first. */
  readonly lines: readonly AlertLine[];
  /** Alerts raised, and how many of them when nothing was simulated. */
  readonly alerts: number;
  readonly alertsForNothing: number;
  /** Simulated faults that an alert answered, and those that passed without one. */
  readonly noticed: number;
  readonly missed: number;
}

/** A fault's consequences last a little: a bearing cools down, a forecast recovers. */
const AFTERMATH_MS = 3_000;
const ALERT_LINES = 6;

export function demoState(setup: DemoSetup, now: number): DemoState {
  return {
    setup,
    startedAt: now,
    now,
    predictions: 0,
    rate: startRate(now),
    position: 0,
    model: "",
    status: undefined,
    learning: undefined,
    learnEvents: setup.learnEvents,
    isTraining: false,
    pumps: setup.pumps.map(newPump),
    lines: [],
    alerts: 0,
    alertsForNothing: 0,
    noticed: 0,
    missed: 0,
  };
}

function newPump(name: string): PumpState {
  return {
    name,
    value: null,
    score: null,
    seq: 0,
    next: undefined,
    cells: [],
    alert: undefined,
    fault: undefined,
  };
}

/**
 * (state, message) -> state', pure. Messages of one topic come in order; predictions and alerts of a key
 * may overtake each other, so the newer `seq` tells whether an alert is open.
 *
 * @param now when the message arrived, ms
 */
export function reduceDemo(before: DemoState, message: DemoMessage, now: number): DemoState {
  const state = { ...before, now };
  switch (message.kind) {
    case "tick":
      return state;
    case "status":
      return { ...state, status: { state: message.state, why: message.why } };
    case "learning":
      return {
        ...state,
        learning: { what: message.what, why: message.why },
        learnEvents: message.events ?? state.learnEvents,
        isTraining: message.what === "training" || message.what === "progress",
      };
    case "prediction":
      return onPrediction(state, message);
    case "alert":
      return onAlert(state, message);
    case "fault":
      return onFault(state, message);
  }
}

function onPrediction(state: DemoState, message: PredictionMessage): DemoState {
  const { time, value, score, seq } = message;
  const settled = settleFault(state, message.key, time);
  const next = withPump(settled, message.key, (pump) => ({
    ...pump,
    value,
    score,
    seq,
    next: message.next,
    cells: value === null ? pump.cells : grow(pump.cells, { time, value, isUnusual: (score ?? 0) >= 0.5 }),
    alert: pump.alert && !message.alert && seq > pump.alert.seq ? undefined : pump.alert,
  }));
  return {
    ...next,
    predictions: state.predictions + 1,
    rate: count(state.rate, state.now),
    position: Math.max(state.position, message.position),
    model: message.position >= state.position ? message.model : state.model,
  };
}

function onAlert(before: DemoState, message: AlertMessage): DemoState {
  const { key, state: change, since, time, why, seq } = message;
  const state = withPump(before, key, (pump) => ({
    ...pump,
    alert: change === "cleared" ? undefined : { since, why, seq },
  }));
  // A retained alert from before this run is shown as open, but it is no news.
  if (time < state.startedAt) return state;

  const { fault } = pumpOf(state, key);
  const simulated = truthAt(fault, time);
  if (change === "cleared") return addLine(state, { state: change, time, since, pump: key, why, simulated });

  const isNews = fault?.counts && !fault.isNoticed && simulated !== "nothing";
  const judged = isNews
    ? withPump({ ...state, noticed: state.noticed + 1 }, key, (pump) => ({
        ...pump,
        fault: { ...fault, isNoticed: true },
      }))
    : state;
  if (change === "updated") return judged;
  return addLine(
    {
      ...judged,
      alerts: judged.alerts + 1,
      alertsForNothing: judged.alertsForNothing + (simulated === "nothing" ? 1 : 0),
    },
    { state: change, time, since, pump: key, why, simulated },
  );
}

function onFault(state: DemoState, message: FaultMessage): DemoState {
  const { pump: name, fault: kind, time } = message;
  if (kind === undefined) {
    return withPump(state, name, (pump) => ({
      ...pump,
      fault: pump.fault && { ...pump.fault, until: time },
    }));
  }
  return withPump(settleFault(state, name, Infinity), name, (pump) => ({
    ...pump,
    fault: { kind, since: time, until: undefined, counts: pump.score !== null, isNoticed: false },
  }));
}

/** A fault whose aftermath is over is forgotten, and counted as missed if no alert answered it. */
function settleFault(state: DemoState, name: string, time: number): DemoState {
  const { fault } = pumpOf(state, name);
  if (fault === undefined) return state;
  const isOver = time === Infinity || (fault.until !== undefined && time > fault.until + AFTERMATH_MS);
  if (!isOver) return state;
  const isMissed = fault.counts && !fault.isNoticed;
  const forgotten = withPump(state, name, (pump) => ({ ...pump, fault: undefined }));
  return isMissed ? { ...forgotten, missed: state.missed + 1 } : forgotten;
}

function truthAt(fault: KnownFault | undefined, time: number): Truth {
  if (fault === undefined || time < fault.since) return "nothing";
  if (fault.until === undefined || time < fault.until) return fault.kind;
  return time <= fault.until + AFTERMATH_MS ? "aftermath" : "nothing";
}

function addLine(state: DemoState, line: Omit<AlertLine, "number">): DemoState {
  const numbered = { ...line, number: (state.lines[0]?.number ?? 0) + 1 };
  const lines = [numbered, ...state.lines].slice(0, state.setup.alertLines ?? ALERT_LINES);
  return { ...state, lines };
}

function pumpOf(state: DemoState, name: string): PumpState {
  return state.pumps.find((pump) => pump.name === name) ?? newPump(name);
}

/** A key that wasn't in the setup gets a row of its own at its first message. */
function withPump(state: DemoState, name: string, change: (pump: PumpState) => PumpState): DemoState {
  const isKnown = state.pumps.some((pump) => pump.name === name);
  const pumps = isKnown ? state.pumps : [...state.pumps, newPump(name)];
  return { ...state, pumps: pumps.map((pump) => (pump.name === name ? change(pump) : pump)) };
}
