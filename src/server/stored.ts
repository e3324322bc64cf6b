import type { AlertRow, DeadLetterRow, OutputRow, PipelineReader } from "../store/index.js";
import type { AlertNews, DeadLetterView, History, KeyBoard, KeyRow, Point } from "./wire.js";

/** Keys that are listed; a page of more is no use to anyone. */
export const MOST_KEYS = 5000;
const SPARK = 32;
/** Keys that are read at a time. */
const AT_A_TIME = 25;
/** Changes of alerts among which the open ones are looked for. */
const LOOKED_AT = 2000;
const MOST_PAYLOAD = 4096;

/** What is stored of a pipeline's keys, a few at a time so that other questions get their turn. */
export async function readBoard(
  stored: PipelineReader,
  muted: ReadonlyMap<string, number>,
): Promise<KeyBoard> {
  const all = stored.keys();
  const shown = all.slice(0, MOST_KEYS);
  const keys: KeyRow[] = [];
  for (let at = 0; at < shown.length; at += AT_A_TIME) {
    for (const { key, events, lastTime } of shown.slice(at, at + AT_A_TIME)) {
      const until = muted.get(key) ?? 0;
      const row = keyRow(key, events, lastTime, stored.lastOutputs(key, SPARK));
      keys.push({ ...row, mutedUntil: until > lastTime ? until : 0 });
    }
    await new Promise(setImmediate);
  }
  return { keys, count: all.length, alerts: openAlerts(stored) };
}

function keyRow(
  key: string,
  seq: number,
  time: number,
  outputs: readonly OutputRow[],
): Omit<KeyRow, "mutedUntil"> {
  const last = outputs.at(-1)?.prediction;
  const gaps = outputs.slice(1).map((row, i) => row.time - outputs[i]!.time);
  gaps.sort((a, b) => a - b);
  return {
    key,
    seq,
    time,
    value: finite(last?.targets[0]?.value),
    score: finite(last?.score),
    isAlert: last?.alert ?? false,
    spark: outputs.map(({ prediction }) => finite(prediction.targets[0]?.value)),
    intervalMs: gaps[gaps.length >> 1] ?? null,
  };
}

function openAlerts(stored: PipelineReader): AlertNews[] {
  const newest = new Map<string, AlertNews>();
  for (const row of stored.lastAlerts(LOOKED_AT)) newest.set(row.key, alertNews(row));
  return [...newest.values()].filter(({ state }) => state !== "cleared");
}

export function alertNews({ key, time, change }: Pick<AlertRow, "key" | "time" | "change">): AlertNews {
  const { state, since, score, why } = change;
  return { key, state, since, time, score, why };
}

/** Outputs of a key, newest or right before one of its own positions, of one target. */
export function readHistory(
  stored: PipelineReader,
  { key, before, limit, target }: { key: string; before: number | undefined; limit: number; target: number },
): History {
  const rows = before === undefined ? stored.lastOutputs(key, limit) : stored.outputsBefore(before, limit);
  const own = rows.filter((row) => row.key === key);
  return { points: own.map((row) => pointOf(row, target)), isComplete: own.length < limit };
}

export function pointOf(
  { position, time, prediction }: Pick<OutputRow, "position" | "time" | "prediction">,
  target: number,
): Point {
  const { value, forecast, lower, upper, residual } = prediction.targets[target] ?? NOTHING;
  const { score, alert } = prediction;
  return [
    position,
    time,
    short(value),
    short(forecast),
    short(lower),
    short(upper),
    short(residual),
    short(score),
    alert ? 1 : 0,
  ];
}

const NOTHING = { value: null, forecast: null, lower: null, upper: null, residual: null };

/** The newest dead letters before an id, newest first. */
export function readDeadLetters(
  stored: PipelineReader,
  before: number | undefined,
  limit: number,
): DeadLetterView[] {
  const end = Math.min(before ?? Number.POSITIVE_INFINITY, stored.counts().deadLetters + 1);
  return stored
    .deadLetters(Math.max(0, end - 1 - limit), limit)
    .filter(({ id }) => id < end)
    .map(deadLetterView)
    .reverse();
}

function deadLetterView(row: DeadLetterRow): DeadLetterView {
  const { id, reason, detail, topic, arrival, bytes } = row;
  const cut = row.payload.subarray(0, MOST_PAYLOAD);
  const text = textOf(cut);
  return {
    id,
    reason,
    detail,
    topic,
    arrival,
    bytes,
    payload: text ?? Buffer.from(cut).toString("hex"),
    isText: text !== undefined,
    isCut: bytes > cut.length,
  };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    // A cut may go through a character.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return /\p{Cc}/u.test(text.replace(/[\n\r\t]/g, "")) ? undefined : text;
  } catch {
    return undefined;
  }
}

function finite(value: number | null | undefined): number | null {
  return value === undefined || value === null || !Number.isFinite(value) ? null : short(value);
}

/** Seven significant digits: what a chart can show. */
function short(value: number | null): number | null {
  if (value === null || !Number.isFinite(value)) return null;
  return Number.isInteger(value) ? value : Number(value.toPrecision(7));
}
