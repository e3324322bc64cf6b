import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { Learner } from "../../src/runtime/learner.js";

/** Scheduling of this process's threads: [nice, policy], fields 19 and 41 of proc(5)'s stat. */
function threads(): readonly (readonly [number, number])[] {
  return readdirSync("/proc/self/task").map((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return [Number(fields[16]), Number(fields[38])] as const;
  });
}

const SCHED_IDLE = 5;

describe.runIf(process.platform === "linux")("the learner's thread", () => {
  const learner = new Learner();
  afterAll(() => learner.close());

  const job = (() => {
    const nothing = { service: new Uint8Array(0), horizons: [1], targets: 1, sequences: [] };
    const evidence = { service: [], candidate: [], naive: [] };
    return { ...nothing, evidence, regrets: evidence };
  })();
  const policy = spawnSync("chrt", ["-m"]).status === 0 ? SCHED_IDLE : 0;
  const idle = () => threads().filter(([nice, own]) => nice === 19 && own === policy).length;

  it("is as important as others where the stream waits for it", async () => {
    await expect(learner.tend(job)).rejects.toThrow(/service/);
    expect(idle()).toBe(0);
  });

  it("runs only where the others leave room while the stream goes on", async () => {
    await expect(learner.tend(job, 0.2)).rejects.toThrow(/service/);
    expect(idle()).toBe(1);
  });
});
