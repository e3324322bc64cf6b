import { Command } from "commander";
import pc from "picocolors";
import { salvage } from "../../store/index.js";
import type { Finding } from "../doctor/finding.js";
import { lookAtBroker } from "../doctor/look-at-broker.js";
import {
  lookAtClock,
  lookAtCores,
  lookAtEngines,
  lookAtKernel,
  lookAtKeys,
  lookAtMemory,
} from "../doctor/look-at-device.js";
import { lookAtDatabase, lookAtDisk, lookAtFlush } from "../doctor/look-at-disk.js";

interface DoctorOptions {
  readonly data: string;
  readonly broker?: string;
  readonly repair?: boolean;
  readonly json?: boolean;
}

/** `eddy doctor`: what this device has, and what it can carry. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("what this device has and can carry; exit 1 if something keeps Eddy from working")
    .option("--data <dir>", "data directory", "eddy-data")
    .option("--broker <url>", "broker to look for (default: EDDY_BROKER, or mqtt://localhost:1883)")
    .option("--repair", "save what can be read of a damaged database; the damaged file is kept")
    .option("--json", "one JSON object a line, for machines")
    .addHelpText("after", "\nExamples:\n  eddy doctor\n  eddy doctor --repair --data /var/lib/eddy")
    .action(async (options: DoctorOptions) => {
      if (options.repair) repair(options);
      else await examine(options);
    });
}

async function examine({ data, broker, json }: DoctorOptions): Promise<void> {
  const { EDDY_BROKER, EDDY_BROKER_USERNAME: username, EDDY_BROKER_PASSWORD: password } = process.env;
  const access = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
  const looks: (() => Finding | Promise<Finding>)[] = [
    lookAtCores,
    lookAtMemory,
    lookAtKeys,
    () => lookAtClock(Date.now()),
    () => lookAtDisk(data),
    () => lookAtFlush(data),
    () => lookAtDatabase(data),
    lookAtKernel,
    lookAtEngines,
    () => lookAtBroker(broker ?? EDDY_BROKER ?? "mqtt://localhost:1883", access),
  ];
  let problems = 0;
  let warnings = 0;
  for (const look of looks) {
    const { what, found, verdict, advice, values } = await look();
    if (verdict === "problem") problems++;
    if (verdict === "warning") warnings++;
    if (json) {
      console.log(
        JSON.stringify({ type: "finding", what, verdict, found, advice: advice ?? null, ...values }),
      );
      continue;
    }
    const mark = { ok: pc.green("ok     "), warning: pc.yellow("warning"), problem: pc.red("PROBLEM") }[
      verdict
    ];
    console.log(`${mark} ${what.padEnd(13)} ${found}`);
    if (advice !== undefined) console.log(`${" ".repeat(22)}${pc.dim(advice)}`);
  }
  if (json) console.log(JSON.stringify({ type: "result", problems, warnings }));
  if (problems > 0) process.exitCode = 1;
}

function repair({ data, json }: DoctorOptions): void {
  const { damaged, tables, pipelines } = salvage(data, Date.now());
  if (json) {
    console.log(JSON.stringify({ type: "result", damaged, tables, pipelines }));
    return;
  }
  const hurt = tables.filter(({ isDamaged }) => isDamaged).map(({ name }) => name);
  console.log(hurt.length === 0 ? "every row could be read" : `rows are missing of: ${hurt.join(", ")}`);
  for (const { name, position, lost, snapshots } of pipelines) {
    console.log(`${name}: goes on after event ${position}; ${lost} events lost, ${snapshots} snapshots kept`);
  }
  console.log(`the damaged file is ${damaged}`);
}
