// Made-up scenes and what one says of them: one or two things, each of a shape and a colour, on a board of 3 x 3 squares. Who
// describes a scene has a vector of 128 numbers, as an image's from a network of another kind: what stands on each square
// (one-hot), mixed by a random matrix that stays, plus noise. Test and
// validation have scenes of their own; `pairs` has those of two things that never meet in the other parts.
//
//   node pipelines/data/scenes.mjs train 20000 > scenes-train.ndjson
const PARTS = { train: 1, test: 2, validation: 3, pairs: 4 };
const [part, count] = process.argv.slice(2);
if (!(part in PARTS) || !(Number(count) > 0)) {
  process.stderr.write("usage: node scenes.mjs train|test|validation|pairs COUNT > scenes.ndjson\n");
  process.exit(2);
}

// Mulberry32 (Tommy Ettinger), always from the same seed: the same scenes in every run.
let state = 0;
function uniform() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}
const below = (limit) => Math.floor(uniform() * limit);
const normal = () => Array.from({ length: 12 }, uniform).reduce((sum, one) => sum + one, -6);

const SHAPES = ["ball", "box", "cone", "ring", "star"];
const COLOURS = ["red", "green", "blue", "yellow", "black", "white"];
const THINGS = SHAPES.length * COLOURS.length;
const ROWS = ["top", "middle", "bottom"];
const COLUMNS = ["left", "centre", "right"];
const SQUARES = ROWS.length * COLUMNS.length;
const INPUTS = SQUARES * (SHAPES.length + COLOURS.length);
const SIZE = 128;
const NOISE = 0.05;

/** [SIZE][INPUTS], the same for all parts: columns of a length of about 1. */
const MIX = Array.from({ length: SIZE }, () =>
  Array.from({ length: INPUTS }, () => normal() / Math.sqrt(SIZE)),
);
state = PARTS[part];

const nameOf = (thing) => `a ${COLOURS[Math.floor(thing / SHAPES.length)]} ${SHAPES[thing % SHAPES.length]}`;
/** Which part has two things on two squares. */
function partOf(a, b, from, to) {
  if ((a * THINGS + b) % 10 === 0) return "pairs";
  const number = ((a * THINGS + b) * SQUARES + from) * SQUARES + to;
  return ["test", "validation"][(Math.imul(number, 0x9e3779b1) >>> 8) % 10] ?? "train";
}

/** The upper thing first, of two in a row the left one. */
function captionOf(scene) {
  const [[first, from], [second, to] = []] = scene;
  const [row, column] = [Math.floor(from / 3), from % 3];
  if (second === undefined) return `${nameOf(first)} at the ${ROWS[row]} ${COLUMNS[column]}`;
  const aside = (to % 3) - column;
  const below = Math.floor(to / 3) - row;
  const side = aside === 0 ? [] : [aside > 0 ? "left of" : "right of"];
  const relation = [...(below > 0 ? ["above"] : []), ...side].join(" and ");
  return `${nameOf(first)} ${relation} ${nameOf(second)}`;
}

function draw() {
  // Of single things there are few: they are training's in part, and nobody is tested on them alone.
  if (part === "train" && below(5) === 0) return [[below(THINGS), below(SQUARES)]];
  for (;;) {
    const [a, b] = [below(THINGS), below(THINGS)];
    const [from, to] = [below(SQUARES), below(SQUARES)];
    if (from < to && partOf(a, b, from, to) === part)
      return [
        [a, from],
        [b, to],
      ];
  }
}

for (let i = 0; i < Number(count); i++) {
  const scene = draw();
  const seen = scene.flatMap(([thing, square]) => {
    const at = square * (SHAPES.length + COLOURS.length);
    return [at + (thing % SHAPES.length), at + SHAPES.length + Math.floor(thing / SHAPES.length)];
  });
  const image = MIX.map((row) => seen.reduce((sum, at) => sum + row[at], NOISE * normal()));
  const rounded = image.map((value) => Number(value.toFixed(3)));
  process.stdout.write(`${JSON.stringify({ image: rounded, caption: captionOf(scene) })}\n`);
}
