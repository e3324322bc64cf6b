// A text as a recording, a row per character; the first nine tenths train, the last tenth tests.
//
//   node pipelines/data/characters.mjs tinyshakespeare.txt train > characters-train.ndjson
import { readFileSync } from "node:fs";

const [file, part] = process.argv.slice(2);
if (file === undefined || !["train", "test"].includes(part)) {
  process.stderr.write("usage: node characters.mjs FILE train|test > characters.ndjson\n");
  process.exit(2);
}
const text = readFileSync(file, "utf8");
const split = Math.floor(0.9 * text.length);
const own = part === "train" ? text.slice(0, split) : text.slice(split);
const chunks = [];
for (const char of own) chunks.push(`${JSON.stringify({ char })}\n`);
process.stdout.write(chunks.join(""));
