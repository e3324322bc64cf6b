import type { Ahead, Prediction, StepInference } from "../core/index.js";
import type { OutboundMessage, Topics } from "../mqtt/index.js";
import type { AlertRow, DeadLetterRow, OutputRow } from "../store/index.js";

/** What goes out for rows of the store, as the outer contract names it. */
export interface MessageOptions {
  readonly pipeline: string;
  readonly topics: Topics;
  readonly targets: readonly string[];
  readonly qos: 0 | 1;
  readonly expirySeconds: number;
}

const JSON_TYPE = "application/json";

/** One number where there is one target, else an object by target name. */
function perTarget<T>(targets: readonly string[], values: readonly T[]): T | Record<string, T | null> | null {
  if (targets.length === 1) return values[0] ?? null;
  return Object.fromEntries(targets.map((name, index) => [name, values[index] ?? null]));
}

function lookAhead(targets: readonly string[], prediction: Prediction): object[] {
  const horizons = prediction.next[0] ?? [];
  return horizons.map(({ steps }, h) => {
    const of = (pick: (ahead: Ahead) => number | null) =>
      perTarget(
        targets,
        prediction.next.map((target) => {
          const ahead = target[h];
          return ahead === undefined ? null : pick(ahead);
        }),
      );
    return {
      steps,
      forecast: of((ahead) => ahead.forecast),
      lower: of((ahead) => ahead.lower),
      upper: of((ahead) => ahead.upper),
    };
  });
}

export function predictionMessage(row: OutputRow, options: MessageOptions): OutboundMessage {
  const { targets } = options;
  const { prediction } = row;
  const id = `${options.pipeline}/${row.key}/${row.seq}/prediction`;
  const of = (field: "value" | "forecast" | "lower" | "upper") =>
    perTarget(
      targets,
      prediction.targets.map((target) => target[field]),
    );
  const { inference, steps } = prediction;
  const payload = JSON.stringify({
    id,
    time: new Date(row.time).toISOString(),
    key: row.key,
    value: targets.length === 0 ? null : of("value"),
    ...(inference ?? {
      forecast: of("forecast"),
      lower: of("lower"),
      upper: of("upper"),
    }),
    score: prediction.score,
    alert: prediction.alert,
    model: prediction.model,
    seq: row.seq,
    position: row.position,
    next: lookAhead(targets, prediction),
    ...(steps === undefined ? {} : { steps: steps.map(stepMessage) }),
  });
  return {
    topic: options.topics.prediction(row.key),
    payload,
    qos: options.qos,
    retain: true,
    expirySeconds: options.expirySeconds,
    contentType: JSON_TYPE,
    eddyId: id,
  };
}

/** A step of a sequence that was read both ways, in the words of a prediction. */
export function stepMessage({ seq, time, inference }: StepInference): object {
  return { seq, time: new Date(time).toISOString(), ...inference };
}

/** An alert's change; when cleared, a second, empty message removes the retained one. */
export function alertMessages(row: AlertRow, options: MessageOptions): OutboundMessage[] {
  const { change } = row;
  const id = `${options.pipeline}/${row.key}/${row.seq}/alert/${change.state}`;
  const topic = options.topics.alert(row.key);
  const payload = JSON.stringify({
    id,
    state: change.state,
    since: new Date(change.since).toISOString(),
    time: new Date(row.time).toISOString(),
    key: row.key,
    score: change.score,
    value: change.value,
    forecast: change.forecast,
    why: change.why,
    seq: row.seq,
  });
  const message = { topic, payload, qos: 1, retain: true, contentType: JSON_TYPE, eddyId: id } as const;
  return change.state === "cleared"
    ? [message, { topic, payload: "", qos: 1, retain: true, eddyId: id }]
    : [message];
}

/** A dead letter goes out with its payload as text where it is text, else as base64, cut to 1 KiB. */
export function deadLetterMessage(row: DeadLetterRow, options: MessageOptions): OutboundMessage {
  const shown = row.payload.slice(0, 1024);
  let payload: object;
  try {
    payload = { payload: new TextDecoder("utf-8", { fatal: true }).decode(shown) };
  } catch {
    payload = { payloadBase64: Buffer.from(shown).toString("base64") };
  }
  return {
    topic: options.topics.deadLetter,
    payload: JSON.stringify({
      reason: row.reason,
      detail: row.detail,
      topic: row.topic,
      time: new Date(row.arrival).toISOString(),
      bytes: row.bytes,
      ...payload,
    }),
    qos: 1,
    contentType: JSON_TYPE,
  };
}
