import { formatTime, type Prediction, type StepInference, type TargetForecast } from "../core/index.js";
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

/** As JSON: whatever is not a finite number is unknown. */
function numberText(value: number | null): string {
  // -0 is 0 in JSON as JavaScript writes it.
  return value === null || !Number.isFinite(value) ? "null" : `${value}`;
}

/** One number where there is one target, else an object by target name. */
function perTarget<T>(
  targets: readonly string[],
  values: readonly (T | undefined)[],
  pick: (value: T) => number | null,
): string {
  const [first] = values;
  if (targets.length === 1) return first === undefined ? "null" : numberText(pick(first));
  const fields = targets.map((name, index) => {
    const value = values[index];
    return `${JSON.stringify(name)}:${value === undefined ? "null" : numberText(pick(value))}`;
  });
  return `{${fields.join()}}`;
}

function lookAhead(targets: readonly string[], { next }: Prediction): string {
  const horizons = next[0] ?? [];
  const texts = horizons.map(({ steps }, h) => {
    const ahead = next.map((target) => target[h]);
    const forecast = perTarget(targets, ahead, (one) => one.forecast);
    const lower = perTarget(targets, ahead, (one) => one.lower);
    const upper = perTarget(targets, ahead, (one) => one.upper);
    return `{"steps":${steps},"forecast":${forecast},"lower":${lower},"upper":${upper}}`;
  });
  return `[${texts.join()}]`;
}

/** The fields of an object, without its braces. */
function fieldsOf(object: object): string {
  return JSON.stringify(object).slice(1, -1);
}

/** Its JSON is written piece by piece, for every event: without the objects that `JSON.stringify` would be given. */
export function predictionMessage(row: OutputRow, options: MessageOptions): OutboundMessage {
  const { targets } = options;
  const { key, seq, position, prediction } = row;
  const { inference, steps, score, alert, model } = prediction;
  const id = `${options.pipeline}/${key}/${seq}/prediction`;
  const quotedKey = JSON.stringify(key);
  const quotedId = `${JSON.stringify(options.pipeline).slice(0, -1)}/${quotedKey.slice(1, -1)}/${seq}/prediction"`;
  const of = (pick: (target: TargetForecast) => number | null) =>
    perTarget(targets, prediction.targets, pick);
  const value = targets.length === 0 ? "null" : of((target) => target.value);
  const inferred = inference
    ? fieldsOf(inference)
    : `"forecast":${of((target) => target.forecast)},"lower":${of((target) => target.lower)},"upper":${of((target) => target.upper)}`;
  const ofSteps = steps === undefined ? "" : `,"steps":${JSON.stringify(steps.map(stepMessage))}`;
  const payload =
    `{"id":${quotedId},"time":"${formatTime(row.time)}","key":${quotedKey},` +
    `"value":${value},${inferred},"score":${numberText(score)},"alert":${alert},"model":${JSON.stringify(model)},` +
    `"seq":${seq},"position":${position},"next":${lookAhead(targets, prediction)}${ofSteps}}`;
  return {
    topic: options.topics.prediction(key),
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
  return { seq, time: formatTime(time), ...inference };
}

/** An alert's change; when cleared, a second, empty message removes the retained one. */
export function alertMessages(row: AlertRow, options: MessageOptions): OutboundMessage[] {
  const { change } = row;
  const id = `${options.pipeline}/${row.key}/${row.seq}/alert/${change.state}`;
  const topic = options.topics.alert(row.key);
  const payload = JSON.stringify({
    id,
    state: change.state,
    since: formatTime(change.since),
    time: formatTime(row.time),
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
      time: formatTime(row.arrival),
      bytes: row.bytes,
      ...payload,
    }),
    qos: 1,
    contentType: JSON_TYPE,
  };
}
