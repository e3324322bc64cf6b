import { formatTime, type StepInference } from "../core/index.js";
import type { OutboundMessage, Topics } from "../mqtt/index.js";
import type { AlertRow, DeadLetterRow } from "../store/index.js";

/** What goes out for rows of the store, as the outer contract names it. */
export interface MessageOptions {
  readonly pipeline: string;
  readonly topics: Topics;
  readonly targets: readonly string[];
  readonly qos: 0 | 1;
  readonly expirySeconds: number;
}

export const JSON_TYPE = "application/json";

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
