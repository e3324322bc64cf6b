import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { readRecording, readWav } from "../codecs/index.js";
import { type Clock, problem, systemClock, timeReader } from "../core/index.js";
import type { Client } from "../mqtt/index.js";
import { isAudioFile } from "./audio-rows.js";

/** So many messages may wait for the broker's answer. */
const UNDER_WAY = 64;

export interface PublishOptions {
  readonly client: Client;
  readonly file: string;
  /** Where it goes; a row's column `topic` goes before it. */
  readonly topic: string | undefined;
  /** Times real time; infinite: as fast as the broker takes it. */
  readonly speed: number;
  /** Of rows: the field with their time; absent: a row a second. */
  readonly time?: string;
  /** Of audio: how long a packet is, ms. */
  readonly packetMs: number;
  readonly clock?: Clock;
  /** Default: waits so many ms. */
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** Ends it before the next message. */
  readonly isStopped?: () => boolean;
  readonly onSent?: (messages: number) => void;
}

/** A message, and when it is due, ms since the first. */
interface Due {
  readonly atMs: number;
  readonly topic: string;
  readonly payload: string | Uint8Array;
}

/**
 * Sends a recorded file to a broker as whatever recorded it would have: WAV as packets of `pcm16`, then an empty one,
 * CSV and NDJSON as a JSON object a row, at the pace at which they were recorded or faster.
 *
 * @returns how many messages the broker has taken
 * @throws Error code `NO_TOPIC` for a row without a topic where none is given, `BAD_TIME`, `WAV_UNREADABLE`
 */
export async function publishRecording(options: PublishOptions): Promise<number> {
  const { client, file, speed, clock = systemClock, sleep = setTimeout } = options;
  const start = clock.now();
  const underWay = new Set<Promise<void>>();
  let sent = 0;
  for await (const { atMs, topic, payload } of isAudioFile(file) ? audio(options) : rows(options)) {
    const waitMs = start + atMs / speed - clock.now();
    if (waitMs > 0) await sleep(waitMs);
    if (options.isStopped?.()) break;
    const publishing = client.publish(topic, payload).finally(() => underWay.delete(publishing));
    underWay.add(publishing);
    sent++;
    options.onSent?.(sent);
    if (underWay.size >= UNDER_WAY) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  return sent;
}

async function* audio({ file, topic, packetMs }: PublishOptions): AsyncGenerator<Due> {
  const { rateHz, samples } = readWav(await readFile(file), file);
  if (topic === undefined) throw noTopic(file);
  const packet = Math.max(1, Math.round((rateHz * packetMs) / 1000));
  for (let at = 0; at < samples.length; at += packet) {
    const part = samples.subarray(at, at + packet);
    const payload = Buffer.alloc(2 * part.length);
    for (const [n, sample] of part.entries()) payload.writeInt16LE(sample * 32_768, 2 * n);
    yield { atMs: (1000 * (at + part.length)) / rateHz, topic, payload };
  }
  yield { atMs: (1000 * samples.length) / rateHz, topic, payload: new Uint8Array(0) };
}

async function* rows({ file, topic, time }: PublishOptions): AsyncGenerator<Due> {
  const times = timeReader();
  let first: number | undefined;
  let count = 0;
  for await (const row of readRecording(file, createReadStream(file, "utf8"))) {
    const { topic: _, ...fields } = row.record;
    const payload = row.raw.trimStart().startsWith("{") ? fields : numbersRead(fields);
    const to = row.topic ?? topic;
    if (row.unreadable !== undefined) continue;
    if (to === undefined) throw noTopic(`${file}, line ${row.line}`);
    const ms: number = time === undefined ? 1000 * count : times.read(row.record[time]);
    first ??= ms;
    count++;
    yield { atMs: ms - first, topic: to, payload: JSON.stringify(payload) };
  }
}

/** In a CSV file all is text: numbers go out as numbers, nothing as nothing. */
function numbersRead(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => {
      if (typeof value !== "string") return [name, value];
      if (value.trim() === "") return [name, null];
      return [name, Number.isFinite(Number(value)) ? Number(value) : value];
    }),
  );
}

function noTopic(on: string): Error {
  return problem(Error, {
    code: "NO_TOPIC",
    action: "publish",
    on,
    expected: "a topic: --topic, or a column of that name",
    found: "none",
  });
}
