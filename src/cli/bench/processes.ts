import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { FromSubject, SubjectSample } from "./messages.js";

/** Starts one of the bench's processes, on one core if this machine can pin it. */
export function start(file: string, options: object, core: number): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const canPin = spawnSync("taskset", ["-c", String(core), "true"]).status === 0;
  const pinned = canPin ? { execPath: "taskset", execArgv: ["-c", String(core), process.execPath] } : {};
  return fork(path, [JSON.stringify(options)], { ...pinned, stdio: ["ignore", "ignore", "inherit", "ipc"] });
}

/** Fulfilled when Eddy runs. */
export async function ready(subject: ChildProcess): Promise<Extract<FromSubject, { say: "ready" }>> {
  const [message] = (await Promise.race([
    once(subject, "message"),
    once(subject, "exit").then(() => {
      throw new Error("Cannot bench: expected Eddy to start, found that it ended");
    }),
  ])) as [FromSubject];
  if (message.say !== "ready") throw new Error(`Cannot bench: ${JSON.stringify(message)}`);
  return message;
}

export async function sample(subject: ChildProcess): Promise<SubjectSample> {
  const answer = once(subject, "message");
  subject.send({ say: "sample" });
  const [message] = (await answer) as [FromSubject];
  if (message.say !== "sample") throw new Error(`Cannot bench: ${JSON.stringify(message)}`);
  return message.sample;
}

export function seconds_(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}
