import { Delivery, Rng, type Stage, sin, streamEvent } from "../../core/index.js";
import { Learner, makeStages } from "../../runtime/index.js";
import { packageFile } from "../package-folder.js";
import { readPipelines } from "../pipeline-files.js";

/** What is measured: the shipped pipeline for spoken digits. */
const PIPELINE = packageFile("pipelines/spoken-digits.yaml");
const RATE_HZ = 8000;
const PACKET_MS = 20;
const TAU = 6.283185307179586;
/** Packets of an utterance: half a second. */
const UTTERANCE = 25;
const ROUNDS = 5;

export interface SpeechBench {
  /** Seconds of audio that a second of CPU takes; the median of five rounds. */
  readonly timesRealTime: number;
  readonly microsecondsPerPacket: number;
  /** (max - min) / median */
  readonly spread: number;
  readonly packetMs: number;
}

/** Packets of audio through features and network, as they come, one by one: no broker and no store. */
export async function benchSpeech(seconds: number): Promise<SpeechBench> {
  const [pipeline] = await readPipelines([PIPELINE]);
  const learner = new Learner();
  try {
    const stages = await makeStages(pipeline!, { trainer: learner, fineTunes: false }, () => {});
    const packets = audio(Math.round((1000 * seconds) / PACKET_MS / ROUNDS));
    await play(stages, packets);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const before = process.cpuUsage();
      await play(stages, packets);
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / packets.length);
    }
    times.sort((a, b) => a - b);
    const median = times[ROUNDS >> 1]!;
    return {
      timesRealTime: Math.round((1000 * PACKET_MS) / median),
      microsecondsPerPacket: Number(median.toFixed(1)),
      spread: Number(((times.at(-1)! - times[0]!) / median).toFixed(2)),
      packetMs: PACKET_MS,
    };
  } finally {
    await learner.close();
  }
}

async function play(stages: readonly Stage[], packets: readonly Float64Array[]): Promise<void> {
  for (const [i, value] of packets.entries()) {
    const end = i % UTTERANCE === UTTERANCE - 1 ? 1 : 0;
    const events = [streamEvent({ key: "desk", time: i, arrival: i, values: { value, end } })];
    const batch = { events, requests: [], deadLetters: [], ledger: [], log: [], delivery: new Delivery() };
    for (const stage of stages) await stage.process(batch);
  }
}

/** Something like a voice: a tone that comes and goes, in noise. */
function audio(count: number): Float64Array[] {
  const rng = new Rng(1);
  const length = (RATE_HZ * PACKET_MS) / 1000;
  return Array.from({ length: count }, (_, i) =>
    Float64Array.from({ length }, (_, n) => {
      const t = (i * length + n) / RATE_HZ;
      return 0.3 * sin(TAU * 200 * t) * (1 + sin(TAU * 4 * t)) + 0.01 * rng.normal();
    }),
  );
}
