// Made-up opinions, word by word: "the pump is not bad but the service never was good", with whether they are good or bad.
// "not", "never" and "hardly" turn the next judgement round; after "but" stands what counts.
//
//   node pipelines/data/opinions.mjs train 2000 > opinions-train.ndjson
const [part, count] = process.argv.slice(2);
if (!["train", "test"].includes(part) || !(Number(count) > 0)) {
  process.stderr.write("usage: node opinions.mjs train|test COUNT > opinions.ndjson\n");
  process.exit(2);
}

// Mulberry32 (Tommy Ettinger), always from the same seed: the same opinions in every run.
let state = part === "train" ? 1 : 2;
function below(limit) {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * limit);
}
const one = (words) => words[below(words.length)];

const GOOD = "good great fine excellent quiet solid quick".split(" ");
const BAD = "bad poor awful slow loud weak broken".split(" ");
const THINGS = "pump service manual price motor box team screen".split(" ");
const TURNS = "not never hardly".split(" ");
const DEGREES = ["", "", "very", "really", "quite"];

/** A judgement, and whether it is a good one. */
function clause() {
  const isPositive = below(2) === 1;
  const isTurned = below(3) === 0;
  const words = ["the", one(THINGS), one(["is", "was", "seems"])];
  if (isTurned) words.push(one(TURNS));
  words.push(one(DEGREES), one(isPositive ? GOOD : BAD));
  return { words: words.filter((word) => word !== ""), isGood: isPositive !== isTurned };
}

for (let i = 0; i < Number(count); i++) {
  const first = clause();
  const second = below(2) === 1 ? clause() : undefined;
  const words = second ? [...first.words, "but", ...second.words] : first.words;
  const opinion = (second ?? first).isGood ? "good" : "bad";
  for (const [at, word] of words.entries()) {
    const row = { word, ...(at === words.length - 1 ? { opinion, end: true } : {}) };
    process.stdout.write(`${JSON.stringify(row)}\n`);
  }
}
