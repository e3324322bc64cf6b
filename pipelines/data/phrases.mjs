// Made-up texts of idioms and of small stories, word by word: "she was feeling under the weather .", "alice is allergic to
// nuts . ... she can not eat peanut butter .": how a story ends hangs on a word some sentences before.
//
//   node pipelines/data/phrases.mjs train 6000 > phrases-train.ndjson
const [part, count] = process.argv.slice(2);
if (!["train", "test"].includes(part) || !(Number(count) > 0)) {
  process.stderr.write("usage: node phrases.mjs train|test COUNT > phrases.ndjson\n");
  process.exit(2);
}

// Mulberry32 (Tommy Ettinger), always from the same seed: the same texts in every run.
let state = part === "train" ? 1 : 2;
function below(limit) {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * limit);
}
const one = (list) => list[below(list.length)];

const IDIOMS = [
  "feeling under the weather",
  "over the moon",
  "out of the blue",
  "off the hook",
  "up the creek",
  "behind the times",
  "beside the point",
  "through the roof",
  "on cloud nine",
  "a piece of cake",
  "once in a blue moon",
  "the last straw",
];
const PEOPLE = "alice bob carol dan erin frank".split(" ");
const STORIES = [
  ["is allergic to nuts", "can not eat peanut butter"],
  ["is allergic to milk", "can not eat ice cream"],
  ["is allergic to wheat", "can not eat fresh bread"],
  ["has lost the key", "can not open the door"],
  ["has no umbrella", "can not walk in the rain"],
];
const FILLERS = ["it is late", "the sun is out", "there is a dog", "we had some tea", "the train was full"];

for (let i = 0; i < Number(count); i++) {
  const person = one(PEOPLE);
  const sentences = [];
  if (below(2) === 0) {
    sentences.push(`${person} ${one(["was", "is"])} ${one(IDIOMS)}`);
  } else {
    const [cause, effect] = one(STORIES);
    sentences.push(`${person} ${cause}`);
    for (let n = below(3); n > 0; n--) sentences.push(one(FILLERS));
    sentences.push(`${person} ${effect}`);
  }
  for (const sentence of sentences) {
    for (const word of [...sentence.split(" "), "."]) process.stdout.write(`${JSON.stringify({ word })}\n`);
  }
}
