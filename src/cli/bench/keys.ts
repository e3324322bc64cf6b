import { KernelModel, Network, networkGraph } from "../../cells/index.js";
import { Rng } from "../../core/index.js";

export interface KeysBenchOptions {
  readonly keys: readonly number[];
  readonly hidden: number;
  readonly inputs: number;
  readonly rounds: number;
  /** Events of a round. */
  readonly events: number;
  readonly onResult: (result: KeysBenchResult) => void;
}

export interface KeysBenchResult {
  readonly cell: "gru";
  readonly hidden: number;
  readonly inputs: number;
  readonly keys: number;
  /** Of one event of a key drawn at random: its slot looked up, its state stepped; the median round. */
  readonly microseconds: number;
  /** (max - min) / median */
  readonly spread: number;
  /** What the process holds more than with no key at all, 10^6 bytes: slab, index and the keys' names. */
  readonly megabytes: number;
}

interface Rig extends KeysBenchResult {
  run(): number;
}

/**
 * What many keys cost: memory for their states and their index, and time of an event as caches no longer
 * hold them all. The numbers of keys take turns within a round.
 */
export function benchKeys(options: KeysBenchOptions): void {
  const { hidden, inputs, rounds, events } = options;
  const rigs = options.keys.map((keys) => rig(keys, hidden, inputs, events));
  const times = rigs.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, { run }] of rigs.entries()) {
      const time = run();
      if (round > 0) times[i]!.push(time);
    }
  }
  for (const [i, { run: _, ...result }] of rigs.entries()) {
    const sorted = times[i]!.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)]!;
    options.onResult({
      ...result,
      microseconds: Number(median.toFixed(4)),
      spread: Number(((sorted.at(-1)! - sorted[0]!) / median).toFixed(3)),
    });
  }
}

/** A model with so many keys, and a round of events on it, whose microseconds an event `run` gives. */
function rig(keys: number, hidden: number, inputs: number, events: number): Rig {
  const rng = new Rng(1);
  const network = new Network({ cell: "gru", inputs, hidden, layers: 1, outputs: 1 }).initialize(rng);
  const model = new KernelModel(networkGraph(network));
  const x = Float32Array.from({ length: inputs }, () => rng.normal());
  const output = new Float32Array(1);

  const before = held();
  const slots = new Map<string, number>();
  const names: string[] = [];
  for (let key = 0; key < keys; key++) {
    const name = `sensor-${key}`;
    names.push(name);
    slots.set(name, model.acquire());
    model.stepSlot(output, slots.get(name)!, x);
  }
  const megabytes = Number(((held() - before) / 1e6).toFixed(1));

  const order = Uint32Array.from({ length: events }, () => Math.floor(rng.uniform() * keys));
  const run = () => {
    const begun = performance.now();
    for (let i = 0; i < events; i++) model.stepSlot(output, slots.get(names[order[i]!]!)!, x);
    return ((performance.now() - begun) * 1000) / events;
  };
  return { cell: "gru", hidden, inputs, keys, microseconds: 0, spread: 0, megabytes, run };
}

/** Bytes that the process holds; without garbage if Node was started with --expose-gc. */
function held(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage.rss();
}
