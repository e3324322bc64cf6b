// Made-up recordings of cheap CO2 sensors in offices, every ten minutes, beside a reference instrument: each sensor lags,
// saturates, reads otherwise when it is warm, is noisy, and drifts, no two of them alike.
//
//   node pipelines/data/air-sensors.mjs train 60 > air-train.ndjson
import { random } from "./random.mjs";

const [part, count] = process.argv.slice(2);
if (!["train", "validate", "test"].includes(part) || !(Number(count) > 0)) {
  process.stderr.write("usage: node air-sensors.mjs train|validate|test SENSORS > air.ndjson\n");
  process.exit(2);
}
const { uniform, normal } = random({ train: 1, validate: 2, test: 3 }[part]);

const DAYS = 21;
const STEPS_A_DAY = 144;
/** Of the open air, ppm. */
const FLOOR = 420;
const round = (value) => Math.round(10 * value) / 10;

for (let sensor = 1; sensor <= Number(count); sensor++) {
  let air = FLOOR;
  let seen = FLOOR;
  let wander = 0;
  let warmth = 0;
  const offset = 25 * normal();
  /** ppm a day, and the share of its gain that it loses a day. */
  const drift = 8 * normal();
  const fading = 0.004 * uniform();
  const room = { people: 2 + Math.floor(6 * uniform()), leak: 0.02 + 0.03 * uniform() };
  let crowd = 0;
  for (let step = 0; step < DAYS * STEPS_A_DAY; step++) {
    const day = step / STEPS_A_DAY;
    const hour = 24 * (day % 1);
    const isOpen = Math.floor(day) % 7 < 5 && hour >= 8 && hour < 18;
    // People come and go by the half hour; somebody may open a window.
    if (step % 3 === 0) crowd = isOpen ? Math.max(0, Math.round(room.people * (0.7 + 0.4 * normal()))) : 0;
    const window = isOpen && uniform() < 0.03 ? 0.4 : 0;
    air += 8 * crowd - (room.leak + window) * (air - FLOOR) + 2 * normal();
    warmth +=
      0.02 * (3 * Math.sin((2 * Math.PI * (hour - 9)) / 24) + (isOpen ? 2 : 0) - warmth) + 0.05 * normal();
    const temperature = 21 + 2.5 * warmth;
    // The air gets into the housing slowly.
    seen += 0.25 * (air - seen);
    wander += 0.5 * normal();
    const gain = (1 - fading * day) * (1 + 0.012 * (temperature - 22));
    const co2 =
      (gain * seen) / (1 + seen / 5000) +
      5 * (temperature - 22) +
      offset +
      drift * day +
      wander +
      12 * normal();
    const row = {
      topic: `office/${part}-${sensor}/air`,
      co2: round(co2),
      temperature: round(temperature),
      reference: round(air),
    };
    process.stdout.write(`${JSON.stringify(row)}\n`);
  }
}
