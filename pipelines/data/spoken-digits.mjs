// The Free Spoken Digit Dataset as a recording, a row per file: {"value": [samples], "digit", "speaker", "end": true}.
// The data set's own split: of every digit and speaker the recordings 0 to 4 test.
//
//   node pipelines/data/spoken-digits.mjs recordings/ train > digits-train.ndjson
//   node pipelines/data/spoken-digits.mjs recordings/ test --noise 10 > digits-test-10dB.ndjson
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [folder, part, , noise] = process.argv.slice(2);
if (folder === undefined || !["train", "test"].includes(part)) {
  process.stderr.write(
    "usage: node spoken-digits.mjs FOLDER train|test [--noise DECIBELS] > digits.ndjson\n",
  );
  process.exit(2);
}

/** Of a WAV file with 16 bits a sample, one channel: from -1 to below 1. */
function samplesOf(file) {
  const bytes = readFileSync(file);
  let at = 12;
  while (bytes.toString("latin1", at, at + 4) !== "data") at += 8 + bytes.readUInt32LE(at + 4);
  const length = Math.min(bytes.readUInt32LE(at + 4), bytes.length - at - 8) >> 1;
  return Array.from({ length }, (_, n) => bytes.readInt16LE(at + 8 + 2 * n) / 32_768);
}

// Mulberry32 (Tommy Ettinger), always from the same seed: the same noise in every run.
let state = 1;
function uniform() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}

/** White noise, so many decibels below the file's mean power. */
function inNoise(samples, decibels) {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const sd = Math.sqrt(power * 10 ** (-decibels / 10));
  return samples.map((sample) => {
    let normal = -6;
    for (let i = 0; i < 12; i++) normal += uniform();
    return sample + sd * normal;
  });
}

for (const name of readdirSync(folder).sort()) {
  const [, digit, speaker, index] = /^(\d)_(\w+)_(\d+)\.wav$/.exec(name) ?? [];
  if (digit === undefined || Number(index) < 5 !== (part === "test")) continue;
  const samples = samplesOf(join(folder, name));
  const value = noise === undefined ? samples : inNoise(samples, Number(noise));
  process.stdout.write(`${JSON.stringify({ value, digit, speaker, end: true })}\n`);
}
