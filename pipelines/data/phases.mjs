// Made-up recordings of a lathe: current, vibration and flow of coolant, every second, with the phase that it is in:
// idle, warming, roughing, finishing, tool change. Roughing and finishing draw alike; which one it is follows from what came
// before: after a tool change it finishes, after warming it roughs.
//
//   node pipelines/data/phases.mjs train 40 > phases-train.ndjson
const [part, count] = process.argv.slice(2);
if (!["train", "test"].includes(part) || !(Number(count) > 0)) {
  process.stderr.write("usage: node phases.mjs train|test COUNT > phases.ndjson\n");
  process.exit(2);
}

// Mulberry32 (Tommy Ettinger), always from the same seed: the same recordings in every run.
let state = part === "train" ? 1 : 2;
function uniform() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}

function normal() {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += uniform();
  return sum;
}

/** Mean current (A), vibration (mm/s), flow (l/min); shortest and longest duration (s). */
const PHASES = {
  idle: [1.2, 0.2, 0, 10, 40],
  warming: [3, 0.6, 0, 10, 20],
  roughing: [9, 2.4, 6, 20, 60],
  "tool change": [2, 0.5, 0, 5, 10],
  finishing: [8.6, 2.3, 6, 20, 50],
};
const round = (value) => Math.round(1000 * value) / 1000;

for (let run = 0; run < Number(count); run++) {
  for (const [phase, [current, vibration, flow, least, most]] of Object.entries(PHASES)) {
    const seconds = least + Math.floor((most - least) * uniform());
    for (let s = 0; s < seconds; s++) {
      const row = {
        current: round(current * (1 + 0.15 * normal())),
        vibration: round(vibration * (1 + 0.2 * normal())),
        flow: round(Math.max(0, flow + 0.4 * normal())),
        phase,
      };
      process.stdout.write(`${JSON.stringify(row)}\n`);
    }
  }
}
