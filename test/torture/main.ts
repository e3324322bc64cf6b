import { parseArgs } from "node:util";
import { tortureLearning } from "./learning.js";
import { torture } from "./torture.js";

/**
 * `npm run torture -- --rounds 500 --minutes 30 --seed 1 --qos 2 --memory 1B --faults kill,cut`, or
 * `npm run torture -- --learning --rounds 200 --minutes 30`: kills alone, while it learns.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "500" },
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    qos: { type: "string", default: "1" },
    faults: { type: "string" },
    memory: { type: "string" },
    learning: { type: "boolean", default: false },
  },
});

const write = (line: string) => process.stdout.write(`${line}\n`);
const extent = {
  rounds: Number(values.rounds),
  seconds: Number(values.minutes) * 60,
  seed: Number(values.seed),
  say: write,
};
const report = values.learning
  ? await tortureLearning(extent)
  : await torture({
      ...extent,
      qos: values.qos === "2" ? 2 : 1,
      memory: values.memory,
      ...(values.faults === undefined ? {} : { faults: values.faults.split(",") }),
    });
write(JSON.stringify(report, null, 2));
process.exit(report.wrong.length > 0 ? 1 : 0);
