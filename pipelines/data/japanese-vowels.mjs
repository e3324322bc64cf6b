// The data set Japanese vowels (UCI; the .ts files of timeseriesclassification.com) as a recording: a row per step.
//
//   node pipelines/data/japanese-vowels.mjs JapaneseVowels_TRAIN.ts > vowels-train.ndjson
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write("usage: node japanese-vowels.mjs JapaneseVowels_TRAIN.ts > vowels-train.ndjson\n");
  process.exit(2);
}
for await (const line of createInterface({ input: createReadStream(file, "utf8") })) {
  if (line.trim() === "" || /^[#@]/.test(line)) continue;
  // Twelve series, then the speaker, between colons.
  const parts = line.trim().split(":");
  const speaker = parts.pop();
  const series = parts.map((part) => part.split(",").map(Number));
  const steps = series[0].length;
  for (let t = 0; t < steps; t++) {
    const cepstra = series.map((values) => values[t]);
    const row = { cepstra, ...(t === steps - 1 ? { speaker, end: true } : {}) };
    process.stdout.write(`${JSON.stringify(row)}\n`);
  }
}
