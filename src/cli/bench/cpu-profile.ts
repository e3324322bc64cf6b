import { readFileSync } from "node:fs";
import type { Profiler } from "node:inspector";
import { Session } from "node:inspector/promises";

/** What a thread was busy with: a room of Eddy, or what no room has asked for; microseconds. */
export type TimeByRoom = Readonly<Record<string, number>>;

/** The processor's time of the process while a profile was taken. */
export interface ThreadTimes {
  /** Of the main thread. */
  readonly rooms: TimeByRoom;
  /** Of the other threads together, microseconds: the database's writer, V8's helpers. */
  readonly otherThreads: number;
}

const SAMPLE_EVERY_US = 500;
const US_PER_TICK = 10_000;

/** Samples the stack of this thread, the process's main one, twice a millisecond. */
export class CpuProfile {
  readonly #session = new Session();
  #others = 0;

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post("Profiler.enable");
    await this.#session.post("Profiler.setSamplingInterval", { interval: SAMPLE_EVERY_US });
    this.#others = otherThreads();
    await this.#session.post("Profiler.start");
  }

  async stop(): Promise<ThreadTimes> {
    const { profile } = await this.#session.post("Profiler.stop");
    const others = otherThreads() - this.#others;
    this.#session.disconnect();
    return { rooms: timeByRoom(profile), otherThreads: others };
  }
}

/**
 * A sample counts for the room whose code stands nearest to the top of its stack, WebAssembly and the inside of Node for
 * the room that has called them; WebAssembly apart as well, as `kernel`.
 */
export function timeByRoom({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): TimeByRoom {
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame] as const));
  const rooms = new Map<number, string>();
  const roomOf = (id: number): string => {
    const known = rooms.get(id);
    if (known !== undefined) return known;
    const frame = frames.get(id);
    const parent = parents.get(id);
    const room =
      own(frame?.functionName ?? "", frame?.url ?? "") ?? (parent === undefined ? "node" : roomOf(parent));
    rooms.set(id, room);
    return room;
  };
  const times: Record<string, number> = {};
  for (const [i, id] of samples.entries()) {
    const room = roomOf(id);
    times[room] = (times[room] ?? 0) + (timeDeltas[i] ?? 0);
  }
  return times;
}

function own(name: string, url: string): string | undefined {
  if (name === "(garbage collector)") return "garbage";
  if (name === "(idle)") return "idle";
  if (url.startsWith("wasm")) return "kernel";
  if (/\/(?:node_modules|dist\/packages)\//.test(url)) return undefined;
  return /\/(?:dist|src)\/([a-z]+)\/[^?]*$/.exec(url)?.[1];
}

/** Processor time of all threads but the main one, microseconds; 0 where the system doesn't say. */
function otherThreads(): number {
  try {
    const { user, system } = process.cpuUsage();
    const fields =
      readFileSync(`/proc/self/task/${process.pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
    return user + system - (Number(fields[11]) + Number(fields[12])) * US_PER_TICK;
  } catch {
    return 0;
  }
}
