import { parseArgs } from "node:util";
import { torture } from "./torture.js";

/** `npm run torture -- --rounds 500 --minutes 30 --seed 1 --qos 2 --faults kill,cut` */
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "500" },
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    qos: { type: "string", default: "1" },
    faults: { type: "string" },
  },
});

const write = (line: string) => process.stdout.write(`${line}\n`);
const report = await torture({
  rounds: Number(values.rounds),
  seconds: Number(values.minutes) * 60,
  seed: Number(values.seed),
  qos: values.qos === "2" ? 2 : 1,
  ...(values.faults === undefined ? {} : { faults: values.faults.split(",") }),
  say: write,
});
write(JSON.stringify(report, null, 2));
process.exit(report.wrong.length > 0 ? 1 : 0);
