// Made-up runs of pumps, every second: flow, pressure and power, of which each is missing for stretches of 3 to 30 seconds, and
// all at once, when the radio is silent, for stretches of 3 to 12. `truth` is the flow without noise: at every second where a
// network is trained, and where it is tested only where the flow is missing.
//
//   node pipelines/data/pump-gaps.mjs train 400 > gaps-train.ndjson
import { random } from "./random.mjs";

const [part, count] = process.argv.slice(2);
if (!["train", "validate", "test"].includes(part) || !(Number(count) > 0)) {
  process.stderr.write("usage: node pump-gaps.mjs train|validate|test RUNS > runs.ndjson\n");
  process.exit(2);
}
const { uniform, normal } = random({ train: 11, validate: 12, test: 13 }[part]);

const SECONDS = 200;
const round = (value) => Math.round(1000 * value) / 1000;

/** [SECONDS] true in stretches of 3 seconds to `longest`, with 20 to 80 in between. */
function silence(longest) {
  const silent = [];
  while (silent.length < SECONDS) {
    const [there, missing] = [20 + Math.floor(60 * uniform()), 3 + Math.floor((longest - 2) * uniform())];
    silent.push(...Array(there).fill(false), ...Array(missing).fill(true));
  }
  return silent.slice(0, SECONDS);
}

for (let run = 1; run <= Number(count); run++) {
  let wanted = 0.3 + 0.6 * uniform();
  let speed = wanted;
  let flow = 10 * speed;
  let valve = 0.5 + 0.4 * uniform();
  let valveWanted = valve;
  const silent = { flow: silence(30), pressure: silence(30), power: silence(30) };
  const radio = silence(12);
  for (let t = 0; t < SECONDS; t++) {
    // An operator sets another speed now and then, or another opening of the valve.
    if (uniform() < 0.04) wanted = 0.3 + 0.6 * uniform();
    if (uniform() < 0.02) valveWanted = 0.3 + 0.6 * uniform();
    speed += 0.25 * (wanted - speed) + 0.005 * normal();
    valve += 0.15 * (valveWanted - valve);
    flow += 0.3 * (14 * speed * Math.sqrt(valve) - flow);
    const truth = flow;
    const values = {
      flow: truth + 0.08 * normal(),
      pressure: 8 * speed * speed - 0.02 * flow * flow + 0.06 * normal(),
      power: 0.4 + 2.5 * speed * speed * speed + 0.12 * speed * flow + 0.03 * normal(),
    };
    const row = { topic: `plant/${part}-${run}/pump` };
    for (const [name, value] of Object.entries(values))
      if (!silent[name][t] && !radio[t]) row[name] = round(value);
    if (part === "train" || row.flow === undefined) row.truth = round(truth);
    if (t === SECONDS - 1) row.end = true;
    process.stdout.write(`${JSON.stringify(row)}\n`);
  }
}
