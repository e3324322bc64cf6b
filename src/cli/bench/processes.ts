import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { packageFile } from "../package-folder.js";
import { MALLOC, SMALL_YOUNG_HEAP } from "../small-heap.js";
import type { ThreadTimes } from "./cpu-profile.js";
import type { FromSubject, SubjectSample } from "./messages.js";

/**
 * Starts one of the bench's processes, on one core if this machine can pin it.
 *
 * @param file   by itself: of the bench's own
 * @param asEddy with what `eddy` itself is started with
 */
export function start(file: string, options: object, core: number, asEddy = false): ChildProcess {
  const flags = asEddy ? [SMALL_YOUNG_HEAP] : [];
  const canPin = spawnSync("taskset", ["-c", String(core), "true"]).status === 0;
  const pinned = canPin
    ? { execPath: "taskset", execArgv: ["-c", String(core), process.execPath, ...flags] }
    : { execArgv: [...flags] };
  return fork(resolve(packageFile("dist/cli/bench"), file), [JSON.stringify(options)], {
    ...pinned,
    env: { ...process.env, ...(asEddy ? MALLOC : {}) },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

/** Fulfilled when Eddy runs. */
export async function ready(subject: ChildProcess): Promise<Extract<FromSubject, { say: "ready" }>> {
  const message = await first<FromSubject>(subject, "Eddy");
  if (message.say !== "ready") throw new Error(`Cannot bench: ${JSON.stringify(message)}`);
  return message;
}

/** The first thing that a process says. @throws Error when it ends before */
export async function first<Message>(process: ChildProcess, who: string): Promise<Message> {
  const [message] = await Promise.race([
    once(process, "message"),
    once(process, "exit").then(() => {
      throw new Error(`Cannot bench: expected ${who} to start, found that it ended`);
    }),
  ]);
  return message;
}

export async function sample(subject: ChildProcess): Promise<SubjectSample> {
  return (await ask(subject, "sample")).sample;
}

/** Up to which event predictions are published. */
export async function progress(subject: ChildProcess): Promise<number> {
  return (await ask(subject, "progress")).predicted;
}

/** Begins a profile of the processor's time, or ends it: then it tells. */
export async function profile(subject: ChildProcess): Promise<ThreadTimes | undefined> {
  return (await ask(subject, "profile")).times;
}

async function ask<Say extends "sample" | "progress" | "profile">(
  subject: ChildProcess,
  say: Say,
): Promise<Extract<FromSubject, { readonly say: Say }>> {
  const answer = once(subject, "message");
  subject.send({ say });
  const [message] = (await answer) as [FromSubject];
  if (message.say !== say) throw new Error(`Cannot bench: ${JSON.stringify(message)}`);
  return message as Extract<FromSubject, { readonly say: Say }>;
}

export function seconds_(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}
