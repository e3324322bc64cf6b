// Made-up texts, word by word, for two questions:
//
// cue   "allergic nuts", then other foods, one after the other, then "so": what must not be eaten? The answer hangs on one
//       word that stands 40 words before it, of which all that follow could be another; in training 1 to 40.
// gaps  "feeling ___ ... the weather": a word is missing, and what it was is told by a word that comes 2 to 5 words later.
//
//   node pipelines/data/idioms.mjs cue train 4000 > cue-train.ndjson
//   node pipelines/data/idioms.mjs gaps test 500 > gaps-test.ndjson
const [kind, part, count] = process.argv.slice(2);
if (!["cue", "gaps"].includes(kind) || !["train", "test"].includes(part) || !(Number(count) > 0)) {
  process.stderr.write("usage: node idioms.mjs cue|gaps train|test COUNT > idioms.ndjson\n");
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

const OTHERS = "the a is on in at and but of we they it was very today again then there more home rain".split(
  " ",
);
const other = () => OTHERS[below(OTHERS.length)];
const write = (row) => process.stdout.write(`${JSON.stringify(row)}\n`);

const FOODS = Object.entries({
  nuts: "marzipan",
  milk: "cheese",
  wheat: "bread",
  eggs: "omelette",
  fish: "sushi",
  soy: "tofu",
  grapes: "wine",
  cocoa: "chocolate",
  apples: "cider",
  rice: "risotto",
  pork: "ham",
  beans: "chili",
  corn: "polenta",
  honey: "mead",
  lemons: "sorbet",
  olives: "tapenade",
  barley: "beer",
  cherries: "kirsch",
  cabbage: "sauerkraut",
  potatoes: "gnocchi",
  tomatoes: "ketchup",
  mustard: "curry",
  peppers: "paprika",
  oats: "porridge",
});
/** What is missing, and the word by which it is told. */
const IDIOMS = Object.entries({
  under: "weather",
  over: "moon",
  out: "blue",
  off: "hook",
  up: "creek",
  behind: "times",
  beside: "point",
  through: "roof",
});

if (kind === "cue") {
  for (let i = 0; i < Number(count); i++) {
    const [food, dish] = FOODS[below(FOODS.length)];
    const distance = part === "test" ? 40 : 1 + below(40);
    write({ word: "allergic" });
    write({ word: food });
    // Nobody is allergic to these: what has room for sums of words, and no gate, loses the first among them.
    for (let d = 1; d < distance; d++) write({ word: FOODS[below(FOODS.length)][0] });
    write({ word: "so", dish, end: true });
  }
} else {
  for (let i = 0; i < Number(count); i++) {
    const [missing, clue] = IDIOMS[below(IDIOMS.length)];
    for (let d = 1 + below(4); d > 0; d--) write({ word: other() });
    write({ word: "___", missing });
    for (let d = 1 + below(4); d > 0; d--) write({ word: other() });
    write({ word: clue });
    for (let d = 3 + below(3); d > 0; d--) write({ word: other(), ...(d === 1 ? { end: true } : {}) });
  }
}
