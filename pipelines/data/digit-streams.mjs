// Digits of the Free Spoken Digit Dataset said one after the other, with pauses and bursts of noise between them, in
// background noise: a row each 10 ms, {"key": stream, "value": [80 samples], "word": the digit or "none"}. A word's label
// stands from 30 ms before its end to 200 ms after it. The data set's own split: recordings 0 to 4 test, the rest train.
// What constants are chosen by: 5 to 7 validate, 8 and up learn.
//
//   node pipelines/data/digit-streams.mjs recordings/ train 35 > streams-train.ndjson
//   node pipelines/data/digit-streams.mjs recordings/ test 30 > streams-test-30dB.ndjson
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// From this recording of a speaker's digit to before that one; each part draws its own pauses and noise.
const PARTS = {
  train: { from: 5, to: 50, seed: 1 },
  test: { from: 0, to: 5, seed: 2 },
  learn: { from: 8, to: 50, seed: 3 },
  valid: { from: 5, to: 8, seed: 4 },
};

const [folder, name, ratio] = process.argv.slice(2);
const part = PARTS[name];
if (folder === undefined || part === undefined || !(Number(ratio) > 0)) {
  process.stderr.write(
    "usage: node digit-streams.mjs FOLDER train|test|learn|valid DECIBELS > streams.ndjson\n",
  );
  process.exit(2);
}

const HOP = 80;
const STREAMS = 16;
const EARLY = 3;
const LATE = 20;

/** Of a WAV file with 16 bits a sample, one channel: from -1 to below 1. */
function samplesOf(file) {
  const bytes = readFileSync(file);
  let at = 12;
  while (bytes.toString("latin1", at, at + 4) !== "data") at += 8 + bytes.readUInt32LE(at + 4);
  const length = Math.min(bytes.readUInt32LE(at + 4), bytes.length - at - 8) >> 1;
  return Array.from({ length }, (_, n) => bytes.readInt16LE(at + 8 + 2 * n) / 32_768);
}

/** How many samples there are to the end of the word: of the last 10 ms that are less than 30 dB below its loudest. */
function endOf(samples) {
  const powers = [];
  for (let from = 0; from + HOP <= samples.length; from += HOP)
    powers.push(samples.slice(from, from + HOP).reduce((sum, x) => sum + x * x, 0));
  const least = Math.max(...powers) / 1000;
  return HOP * (powers.findLastIndex((power) => power > least) + 1);
}

// Mulberry32 (Tommy Ettinger), always from the same seed: the same streams in every run.
let state = part.seed;
function uniform() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}

function normal() {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += uniform();
  return sum;
}

const words = readdirSync(folder)
  .sort()
  .flatMap((file) => {
    const [, digit, , index] = /^(\d)_(\w+)_(\d+)\.wav$/.exec(file) ?? [];
    if (digit === undefined || Number(index) < part.from || Number(index) >= part.to) return [];
    return [{ digit, samples: samplesOf(join(folder, file)) }];
  });
for (let i = words.length - 1; i > 0; i--) {
  const j = Math.floor(uniform() * (i + 1));
  [words[i], words[j]] = [words[j], words[i]];
}
const powers = words.map(({ samples }) => samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
const level = Math.sqrt(powers.reduce((sum, power) => sum + power, 0) / powers.length);
const noise = level * 10 ** (-Number(ratio) / 20);

for (let stream = 0; stream < STREAMS; stream++) {
  const samples = [];
  const labels = new Map();
  const pause = () => {
    const length = Math.floor(8000 * (0.3 + 0.9 * uniform()));
    // Every third pause has a burst of noise, up to as loud as a word.
    const burst = uniform() < 1 / 3 ? { from: 0.2 + 0.3 * uniform(), sd: level * uniform() } : undefined;
    for (let n = 0; n < length; n++) {
      const share = n / length;
      const isBurst = burst !== undefined && share > burst.from && share < burst.from + 0.3;
      samples.push(isBurst ? burst.sd * normal() : 0);
    }
  };
  pause();
  for (let i = stream; i < words.length; i += STREAMS) {
    // Recordings may go on in silence, up to 0.85 s.
    const end = Math.floor((samples.length + endOf(words[i].samples)) / HOP);
    for (const sample of words[i].samples) samples.push(sample);
    for (let row = end - EARLY; row < end + LATE; row++) labels.set(row, words[i].digit);
    pause();
  }
  for (let row = 0; (row + 1) * HOP <= samples.length; row++) {
    const value = samples
      .slice(row * HOP, (row + 1) * HOP)
      .map((sample) => Math.round(1e5 * (sample + noise * normal())) / 1e5);
    process.stdout.write(
      `${JSON.stringify({ key: `${name}-${stream + 1}`, value, word: labels.get(row) ?? "none" })}\n`,
    );
  }
}
