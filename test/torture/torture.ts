import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Rng } from "../../src/core/index.js";
import { KnownEvents } from "./events.js";
import { FAULTS, pause } from "./faults.js";
import { Reference } from "./reference.js";
import { Rig } from "./rig.js";
import { type Findings, verify } from "./verify.js";

export interface TortureOptions {
  readonly seed: number;
  /** Ends after so many rounds, or after this time, whichever comes first. */
  readonly rounds: number;
  readonly seconds: number;
  /** Default 1. */
  readonly qos?: 1 | 2;
  /** What the states of keys may take in memory: see `RigOptions`. */
  readonly memory?: string | undefined;
  /** Of FAULTS; default: all. */
  readonly faults?: readonly string[];
  readonly say?: (line: string) => void;
}

export interface TortureReport {
  readonly rounds: number;
  readonly events: number;
  /** Events stepped by a network, and changes of alerts: that there was state to lose. */
  readonly byNetwork: number;
  readonly alertChanges: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly lost: number;
  readonly doubled: number;
  readonly wrong: readonly string[];
}

const run = promisify(execFile);
const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** Waited in vain for this long, something is lost or jammed. */
const PATIENCE_MS = 60_000;

/**
 * Rounds of: send events, let something go wrong, wait until all is stored and published, compare. The network's
 * first training falls into the first rounds. At the end `eddy replay` steps the same sequence from a file.
 *
 * @throws Error when Eddy ends by itself, or does not get through the events of a round
 */
export async function torture(options: TortureOptions): Promise<TortureReport> {
  const { seed, rounds, seconds, say = () => {} } = options;
  const names = options.faults ?? Object.keys(FAULTS);
  const rng = new Rng(seed);
  const known = new KnownEvents(seed);
  const rig = await Rig.make(options);
  const deadline = performance.now() + seconds * 1000;
  const counts: Record<string, number> = {};
  const sum: Findings = { lost: [], doubled: [], wrong: [] };
  let round = 0;
  let sent = 0;
  let outcomes: Reference["outcomes"] = [];
  try {
    const reference = await Reference.of(rig.pipeline);
    outcomes = reference.outcomes;
    // What is sent before anybody has subscribed is nobody's.
    await rig.run().says(/online/);
    while (round < rounds && performance.now() < deadline) {
      round++;
      const events = known.slice(sent, sent + 20 + rng.integer(100));
      sent += events.length;
      // Every fault once before any comes again, then two at a time now and then.
      const chosen = [names[(round - 1) % names.length] ?? "kill"];
      if (rng.integer(4) === 0) chosen.push(names[rng.integer(names.length)] ?? "kill");
      rig.run();
      if (rng.integer(3) > 0) await rig.eddy?.says(/online/);
      const half = rng.integer(events.length);
      await rig.send(events.slice(0, half));
      const isSenderAway = chosen.some((name) => name.startsWith("broker"));
      const rest = events.slice(half);
      if (isSenderAway) await rig.send(rest);
      const sending = isSenderAway ? Promise.resolve() : rig.send(rest);
      for (const name of chosen) {
        counts[name] = (counts[name] ?? 0) + 1;
        await FAULTS[name]?.(rig, rng);
      }
      await sending;
      await settled(rig, sent, chosen);
      await reference.step(events);
      const findings = await verify(rig, reference);
      for (const kind of ["lost", "doubled", "wrong"] as const) sum[kind].push(...findings[kind]);
      const found = [...findings.lost, ...findings.doubled, ...findings.wrong];
      say(
        `round ${round}: ${events.length} events, ${chosen.join(" + ")}${found.length > 0 ? `: ${found[0]} ...` : ""}`,
      );
      if (found.length > 0) break;
    }
    sum.wrong.push(...(await compareWithReplay(rig, reference)));
  } catch (error) {
    say(rig.eddy?.log ?? "");
    throw error;
  } finally {
    await rig.dispose();
  }
  return {
    rounds: round,
    events: sent,
    byNetwork: outcomes.filter(({ model }) => model !== "naive").length,
    alertChanges: outcomes.filter(({ row }) => row["event"] !== null).length,
    faults: counts,
    lost: sum.lost.length,
    doubled: sum.doubled.length,
    wrong: [...sum.lost, ...sum.doubled, ...sum.wrong].slice(0, 20),
  };
}

/** Waits until Eddy, started again if it has ended, has stored and published all that was sent. */
async function settled(rig: Rig, sent: number, faults: readonly string[]): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  rig.run();
  while (rig.listener.count < sent || rig.position() < sent) {
    if (rig.eddy?.hasEnded) throw new Error(`Eddy ended by itself after ${faults}:\n${rig.eddy.log}`);
    if (performance.now() > deadline) {
      const { count } = rig.listener;
      throw new Error(
        `After ${faults}: ${sent} events sent, ${rig.position()} stored, ${count} published after ${PATIENCE_MS} ms\n${rig.eddy?.log}`,
      );
    }
    await pause(10);
  }
}

/** The reference itself is what `eddy replay` makes of the sequence. */
async function compareWithReplay(rig: Rig, { outcomes }: Reference): Promise<string[]> {
  const input = join(rig.folder, "all.ndjson");
  const output = join(rig.folder, "replayed.ndjson");
  writeFileSync(input, `${outcomes.map(({ event }) => JSON.stringify(event)).join("\n")}\n`);
  await run(process.execPath, [main, "replay", rig.pipelineFile, "--input", input, "--output", output]);
  const lines = readFileSync(output, "utf8").trimEnd().split("\n");
  if (lines.length !== outcomes.length) return [`replay gave ${lines.length} rows for ${outcomes.length}`];
  return lines.flatMap((line, i) => {
    const { timestamp: _time, key: _key, ...own } = JSON.parse(line) as Record<string, unknown>;
    const [found, due] = [JSON.stringify(own), JSON.stringify(outcomes[i]?.row)];
    return found === due ? [] : [`replay's row ${i + 1} is ${found}, not ${due}`];
  });
}
