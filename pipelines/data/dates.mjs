// Made-up pairs: a day from 1970 to 2069 as people write it, in 16 forms, and as ISO 8601 has it. Parts have days of
// their own: every tenth day is test's, the day after it validation's, all others training's.
//
//   node pipelines/data/dates.mjs train 20000 > dates-train.ndjson
const PARTS = { train: 1, test: 2, validation: 3 };
const [part, count] = process.argv.slice(2);
if (!(part in PARTS) || !(Number(count) > 0)) {
  process.stderr.write("usage: node dates.mjs train|test|validation COUNT > dates.ndjson\n");
  process.exit(2);
}

// Mulberry32 (Tommy Ettinger), always from the same seed: the same pairs in every run.
let state = PARTS[part];
function below(limit) {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * limit);
}

const ENGLISH = "January February March April May June July August September October November December".split(
  " ",
);
const GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(
  " ",
);
const FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(
  " ",
);
const WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

const two = (n) => String(n).padStart(2, "0");
const ordinal = (n) => `${n}${n > 10 && n < 14 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`;

/** y year, m month and d day from 1, w weekday from Sunday, 0 */
const FORMS = [
  ({ y, m, d }) => `${d} ${ENGLISH[m - 1]} ${y}`,
  ({ y, m, d }) => `${ordinal(d)} of ${ENGLISH[m - 1]} ${y}`,
  ({ y, m, d }) => `${ENGLISH[m - 1]} ${d}, ${y}`,
  ({ y, m, d }) => `${ENGLISH[m - 1]} ${ordinal(d)}, ${y}`,
  ({ y, m, d, w }) => `${WEEKDAYS[w]}, ${d} ${ENGLISH[m - 1]} ${y}`,
  ({ y, m, d, w }) => `${WEEKDAYS[w].slice(0, 3)} ${ENGLISH[m - 1].slice(0, 3)} ${two(d)} ${y}`,
  ({ y, m, d }) => `${two(d)}-${ENGLISH[m - 1].slice(0, 3)}-${y}`,
  ({ y, m, d }) => `${two(d)}${ENGLISH[m - 1].slice(0, 3).toUpperCase()}${two(y % 100)}`,
  ({ y, m, d }) => `${two(d)}.${two(m)}.${two(y % 100)}`,
  ({ y, m, d }) => `${d}.${m}.${y}`,
  ({ y, m, d }) => `${d}. ${GERMAN[m - 1]} ${y}`,
  ({ y, m, d }) => `le ${d === 1 ? "1er" : d} ${FRENCH[m - 1]} ${y}`,
  ({ y, m, d }) => `${m}/${d}/${y}`,
  ({ y, m, d }) => `${two(m)}/${two(d)}/${two(y % 100)}`,
  ({ y, m, d }) => `${y}/${two(m)}/${two(d)}`,
  ({ y, m, d }) => `${y}${two(m)}${two(d)}`,
];

const DAYS = 36_525;
const partOf = (day) => (day % 10 === 0 ? "test" : day % 10 === 1 ? "validation" : "train");
for (let i = 0; i < Number(count); i++) {
  let day = below(DAYS);
  while (partOf(day) !== part) day = below(DAYS);
  const date = new Date(day * 86_400_000);
  const parts = {
    y: date.getUTCFullYear(),
    m: date.getUTCMonth() + 1,
    d: date.getUTCDate(),
    w: date.getUTCDay(),
  };
  const written = FORMS[below(FORMS.length)](parts);
  process.stdout.write(`${JSON.stringify({ date: written, iso: date.toISOString().slice(0, 10) })}\n`);
}
