import { parseArgs } from "node:util";
import { fuzz } from "./fuzz.js";

/** `npm run fuzz -- --inputs 1000000 --seed 1 --only onnx,json` */
const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
  },
});

const write = (line: string) => process.stdout.write(`${line}\n`);
const report = await fuzz({
  inputs: Number(values.inputs),
  seed: Number(values.seed),
  ...(values.only === undefined ? {} : { only: values.only.split(",") }),
  say: write,
});
write(JSON.stringify(report, null, 2));
process.exit(report.crashes.length > 0 ? 1 : 0);
