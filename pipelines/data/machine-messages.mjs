// Made-up pairs: messages about machines in English, word by word, and in German, where words stand in another order and hang
// on each other: "yesterday the old pump had to be stopped in the cellar" is "gestern musste die alte pumpe im keller angehalten
// werden". Test and validation have messages of their own; each message of `pairs` has an adjective and a noun that
// stand together in no other part.
//
//   node pipelines/data/machine-messages.mjs train 12000 > messages-train.ndjson
const PARTS = { train: 1, test: 2, validation: 3, pairs: 4 };
const [part, count] = process.argv.slice(2);
if (!(part in PARTS) || !(Number(count) > 0)) {
  process.stderr.write(
    "usage: node machine-messages.mjs train|test|validation|pairs COUNT > messages.ndjson\n",
  );
  process.exit(2);
}

// Mulberry32 (Tommy Ettinger), always from the same seed: the same messages in every run.
let state = PARTS[part];
function below(limit) {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * limit);
}
const one = (list) => list[below(list.length)];

const NOUNS = [
  ["pump", "die", "pumpe"],
  ["press", "die", "presse"],
  ["saw", "die", "säge"],
  ["turbine", "die", "turbine"],
  ["camera", "die", "kamera"],
  ["scale", "die", "waage"],
  ["lamp", "die", "lampe"],
  ["lathe", "die", "drehbank"],
  ["belt", "das", "band"],
  ["valve", "das", "ventil"],
  ["gear", "das", "getriebe"],
  ["wheel", "das", "rad"],
  ["switch", "das", "schaltgerät"],
  ["display", "das", "display"],
  ["motor", "der", "motor"],
  ["fan", "der", "lüfter"],
  ["oven", "der", "ofen"],
  ["mixer", "der", "mischer"],
  ["crane", "der", "kran"],
  ["robot", "der", "roboter"],
  ["filter", "der", "filter"],
  ["boiler", "der", "kessel"],
  ["lift", "der", "aufzug"],
  ["gripper", "der", "greifer"],
];
const ADJECTIVES = [
  ["small", "klein"],
  ["large", "groß"],
  ["old", "alt"],
  ["new", "neu"],
  ["red", "rot"],
  ["blue", "blau"],
  ["loud", "laut"],
  ["fast", "schnell"],
  ["hot", "heiß"],
  ["cold", "kalt"],
  ["green", "grün"],
  ["long", "lang"],
  ["short", "kurz"],
  ["heavy", "schwer"],
];
const VERBS = [
  ["stop", "stopped", "anhalten", "angehalten"],
  ["start", "started", "starten", "gestartet"],
  ["check", "checked", "prüfen", "geprüft"],
  ["clean", "cleaned", "reinigen", "gereinigt"],
  ["repair", "repaired", "reparieren", "repariert"],
  ["replace", "replaced", "ersetzen", "ersetzt"],
  ["lock", "locked", "sperren", "gesperrt"],
];
const TIMES = [
  ["today", "heute"],
  ["yesterday", "gestern"],
  ["on monday", "am montag"],
  ["at noon", "mittags"],
  ["last night", "letzte nacht"],
];
const PLACES = [
  ["in hall two", "in halle zwei"],
  ["in the cellar", "im keller"],
  ["at the gate", "am tor"],
  ["on the roof", "auf dem dach"],
  ["", ""],
];

/** A machine in English, and in German as subject and as object. */
function machine(isRare) {
  for (;;) {
    const [a, n] = [below(ADJECTIVES.length), below(NOUNS.length)];
    if (((n + a * NOUNS.length) % 10 === 0) !== isRare) continue;
    const [[english, stem], [noun, article, german]] = [ADJECTIVES[a], NOUNS[n]];
    const object = article === "der" ? `den ${stem}en ${german}` : `${article} ${stem}e ${german}`;
    return { english: `the ${english} ${noun}`, subject: `${article} ${stem}e ${german}`, object };
  }
}

const FORMS = [
  ({ m, v, t, p }) => [
    `${t[0]} ${m.english} had to be ${v[1]} ${p[0]}`,
    `${t[1]} musste ${m.subject} ${p[1]} ${v[3]} werden`,
  ],
  ({ m, v, t, p }) => [
    `please ${v[0]} ${m.english} ${p[0]} ${t[0]}`,
    `bitte ${m.object} ${t[1]} ${p[1]} ${v[2]}`,
  ],
  ({ m, v, t, p }) => [
    `${m.english} was not ${v[1]} ${p[0]} ${t[0]}`,
    `${m.subject} wurde ${t[1]} ${p[1]} nicht ${v[3]}`,
  ],
  ({ m, v, t }) => [`who ${v[1]} ${m.english} ${t[0]}`, `wer hat ${t[1]} ${m.object} ${v[3]}`],
  ({ m, v, o }) => [
    `do not ${v[0]} ${m.english} while ${o.english} is running`,
    `${m.object} nicht ${v[2]} während ${o.subject} läuft`,
  ],
  ({ m, v, o }) => [
    `${m.english} stood still because ${o.english} was ${v[1]}`,
    `${m.subject} stand still weil ${o.subject} ${v[3]} wurde`,
  ],
];
const words = (text) => text.split(" ").filter((word) => word !== "");

/** Which part has a message (FNV-1a of its letters). */
function partOf(english) {
  let hash = 0x811c9dc5;
  for (const letter of english) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193);
  return ["test", "validation"][(hash >>> 8) % 10] ?? "train";
}

function draw() {
  for (;;) {
    const [m, o] = [machine(part === "pairs"), machine(false)];
    const pair = one(FORMS)({ m, o, v: one(VERBS), t: one(TIMES), p: one(PLACES) });
    if (part === "pairs" || partOf(pair[0]) === part) return pair;
  }
}

for (let i = 0; i < Number(count); i++) {
  const [english, german] = draw();
  const spoken = words(english);
  for (const [at, word] of spoken.entries()) {
    const isLast = at === spoken.length - 1;
    const end = isLast ? { german: words(german).join(" "), end: true } : {};
    process.stdout.write(`${JSON.stringify({ word, ...end })}\n`);
  }
}
