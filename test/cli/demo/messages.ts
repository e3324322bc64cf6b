import type { AlertMessage, DemoMessage, PredictionMessage } from "../../../src/cli/demo/demo-message.js";
import { type DemoSetup, type DemoState, demoState, reduceDemo } from "../../../src/cli/demo/demo-state.js";

/** Builders of what Eddy publishes, for the demo's tests: seconds count from START. */
export const START = Date.parse("2026-03-01T12:00:00Z");

export const SETUP: DemoSetup = {
  pipeline: "demo",
  broker: "mqtt://localhost:1883",
  pumps: ["pump-1", "pump-2"],
  field: "vibration",
  unit: "mm/s",
  learnEvents: 400,
  warmUp: 150,
};

export function prediction(
  key: string,
  second: number,
  fields: Partial<PredictionMessage> = {},
): PredictionMessage {
  const seq = second * 10 + 1;
  const next = { steps: 1, forecast: 3.45, lower: 3.1, upper: 3.8 };
  const basis = { value: 3.42, score: 0.05, alert: false, model: "gru-1", seq, position: 2 * seq, next };
  return { kind: "prediction", key, time: START + second * 1000, ...basis, ...fields };
}

export function alert(
  key: string,
  second: number,
  state: AlertMessage["state"],
  fields: Partial<AlertMessage> = {},
): AlertMessage {
  const time = START + second * 1000;
  const why = state === "cleared" ? "calm for 20 events" : "vibration 7.9, expected 3.1 to 3.6: 9.2 times";
  return { kind: "alert", key, state, since: time, time, why, seq: second * 10 + 1, ...fields };
}

export function fault(pump: string, second: number, kind: "bearing wear" | "spike" | undefined): DemoMessage {
  return { kind: "fault", pump, fault: kind, time: START + second * 1000 };
}

/** Every message arrives at the time that it carries; one without a time arrives at once. */
export function stateAfter(messages: readonly DemoMessage[], setup: DemoSetup = SETUP): DemoState {
  return messages.reduce(
    (state, message) => reduceDemo(state, message, "time" in message ? message.time : state.now),
    demoState(setup, START),
  );
}
