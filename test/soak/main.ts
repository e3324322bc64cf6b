import { parseArgs } from "node:util";
import { soak } from "./soak.js";

/** `npm run soak -- --minutes 60 --rate 5000 --keys 10000 --keys-per-hour 1000000 --retention 256MiB` */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    rate: { type: "string", default: "5000" },
    keys: { type: "string", default: "10000" },
    "keys-per-hour": { type: "string", default: "1000000" },
    retention: { type: "string", default: "256MiB" },
  },
});

const write = (line: string) => process.stdout.write(`${line}\n`);
const { samples: _, ...report } = await soak({
  minutes: Number(values.minutes),
  eventsPerSecond: Number(values.rate),
  liveKeys: Number(values.keys),
  keysPerHour: Number(values["keys-per-hour"]),
  retention: values.retention,
  say: write,
});
write(JSON.stringify(report, null, 2));
process.exit(report.stored === report.sent ? 0 : 1);
