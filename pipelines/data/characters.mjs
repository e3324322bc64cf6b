// A text as a recording, a row per character; the first nine tenths train, the last tenth tests. What constants are chosen
// by: the first eight tenths learn, the ninth validates.
//
//   node pipelines/data/characters.mjs tinyshakespeare.txt train > characters-train.ndjson
import { readFileSync } from "node:fs";

const PARTS = { train: [0, 0.9], test: [0.9, 1], learn: [0, 0.8], valid: [0.8, 0.9] };

const [file, name] = process.argv.slice(2);
const part = PARTS[name];
if (file === undefined || part === undefined) {
  process.stderr.write("usage: node characters.mjs FILE train|test|learn|valid > characters.ndjson\n");
  process.exit(2);
}
const text = readFileSync(file, "utf8");
const [from, to] = part.map((share) => Math.floor(share * text.length));
const chunks = [];
for (const char of text.slice(from, to)) chunks.push(`${JSON.stringify({ char })}\n`);
process.stdout.write(chunks.join(""));
