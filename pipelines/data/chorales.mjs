// Chorales as streams of chords: the keys that sound in each quarter note, by their MIDI numbers, and a mark at a chorale's
// end. Reads the JSON of https://github.com/czhuang/JSB-Chorales-dataset: { train | valid | test: [chorale: [chord: [key]]] }.
//
//   node pipelines/data/chorales.mjs jsb-chorales-quarter.json train > chorales-train.ndjson
import { readFileSync } from "node:fs";

const [file, part] = process.argv.slice(2);
if (file === undefined || !["train", "valid", "test"].includes(part)) {
  process.stderr.write(
    "usage: node chorales.mjs jsb-chorales-quarter.json train|valid|test > chorales.ndjson\n",
  );
  process.exit(2);
}

for (const chorale of JSON.parse(readFileSync(file, "utf8"))[part]) {
  for (const [i, keys] of chorale.entries()) {
    const end = i === chorale.length - 1 ? { end: true } : {};
    process.stdout.write(`${JSON.stringify({ keys, ...end })}\n`);
  }
}
