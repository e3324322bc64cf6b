import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Rng } from "../../core/index.js";
import { bytesOf } from "../../store/index.js";
import { packageFile } from "../package-folder.js";

export interface RestartBenchOptions {
  readonly keys: number;
  /** Of each key, before the restart. */
  readonly events: number;
  readonly hidden: number;
  readonly rounds: number;
  readonly onPhase: (phase: string) => void;
}

export interface RestartBenchResult {
  readonly keys: number;
  readonly events: number;
  readonly hidden: number;
  /** From the start of the process until it takes events, the median round, ms. */
  readonly readyMs: number;
  /** Of these the part that begins when its code is loaded: data directory, state, broker. */
  readonly resumeMs: number;
  readonly rssMB: number;
  readonly storeMB: number;
}

/** The process that is started: on this data directory, stepping a recording first if there is one. */
export interface RestartedOptions {
  readonly data: string;
  readonly keys: number;
  readonly hidden: number;
  readonly history?: string;
}

export interface RestartedReady {
  readonly readyMs: number;
  readonly resumeMs: number;
  readonly rssBytes: number;
}

/** How long Eddy takes to go on with many keys, after a stop in order: each round in a process of its own. */
export async function benchRestart(options: RestartBenchOptions): Promise<RestartBenchResult> {
  const { keys, events, hidden, rounds, onPhase } = options;
  const folder = mkdtempSync(join(tmpdir(), "eddy-restart-"));
  const data = join(folder, "data");
  try {
    onPhase(`${keys} keys, ${events} events of each`);
    const history = join(folder, "history.csv");
    writeFileSync(history, recording(keys, events));
    await started({ data, keys, hidden, history });
    const times: RestartedReady[] = [];
    for (let round = 1; round <= rounds; round++) {
      onPhase(`restart ${round} of ${rounds}`);
      times.push(await started({ data, keys, hidden }));
    }
    const median = (of: (time: RestartedReady) => number) =>
      times.map(of).sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
    return {
      ...{ keys, events, hidden },
      readyMs: Math.round(median(({ readyMs }) => readyMs)),
      resumeMs: Math.round(median(({ resumeMs }) => resumeMs)),
      rssMB: Math.round(median(({ rssBytes }) => rssBytes) / 1e6),
      storeMB: Math.round(bytesOf(data) / 1e6),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function recording(keys: number, events: number): string {
  const rng = new Rng(1);
  const lines = ["ts,key,value"];
  for (let i = 0; i < events; i++) {
    for (let key = 0; key < keys; key++) {
      lines.push(`${1_700_000_000_000 + 1000 * i},k${key},${(20 + rng.normal()).toFixed(3)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Starts Eddy, and stops it in order when it is ready. */
async function started(options: RestartedOptions): Promise<RestartedReady> {
  const child: ChildProcess = fork(packageFile("dist/cli/bench/restarted.js"), [JSON.stringify(options)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  try {
    const [ready] = (await Promise.race([
      once(child, "message"),
      ended.then(() => {
        throw new Error("Cannot bench: expected Eddy to start, found that it ended");
      }),
    ])) as [RestartedReady];
    child.send("stop");
    await ended;
    return ready;
  } finally {
    child.kill("SIGKILL");
  }
}
