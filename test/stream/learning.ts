import { type LogEntry, Rng, type StreamEvent, sin } from "../../src/core/index.js";
import { LearningCellsStage, type LearningOptions, type Trainer } from "../../src/stream/index.js";
import { batchOf, eventOf } from "./events.js";

/** Of a first training. */
export const EVENTS = 300;
/** Events from there until its network is in service. */
export const LEAD = 40;

export function options(trainer: Trainer, more: Partial<LearningOptions> = {}): LearningOptions {
  return {
    cell: "gru",
    hidden: 4,
    layers: 1,
    members: 1,
    seed: 1,
    tbptt: [16, 16],
    shape: { inputs: 2, targets: 1, outputs: 1 },
    horizons: [1],
    coldStart: { events: EVENTS, lead: LEAD },
    fineTune: undefined,
    budget: 1,
    trainer,
    ...more,
  };
}

/** Event from which on "stopping" waves only creep. */
export const STOP = 500;

/** A sine with noise of two keys in turn, as the features stage would hand it over; or noise alone. */
export function events(count: number, kind: "sine" | "walk" | "stopping" = "sine"): StreamEvent[] {
  const rng = new Rng(5);
  const last = [0, 0];
  return Array.from({ length: count }, (_, i) => {
    const lane = i % 2;
    const before = last[lane] ?? 0;
    const value =
      kind === "stopping" && i >= STOP
        ? 2 + 0.001 * (i - STOP)
        : kind !== "walk"
          ? sin((6.283185307179586 * (i >> 1)) / 12) + 0.05 * rng.normal()
          : before + rng.normal();
    last[lane] = value;
    const event = eventOf(`key-${lane}`, i * 1000);
    event.position = i + 1;
    event.seq = (i >> 1) + 1;
    event.begins = i < 2;
    event.input = Float64Array.of(value, value - before);
    event.target = Float64Array.of(value);
    event.scale = Float64Array.of(0.5);
    return event;
  });
}

export async function run(stage: LearningCellsStage, all: readonly StreamEvent[], size = 7) {
  const log: LogEntry[] = [];
  for (let i = 0; i < all.length; i += size) {
    const batch = batchOf(all.slice(i, i + size));
    await stage.process(batch);
    log.push(...batch.log);
  }
  return { log, outputs: all.map(({ model, output }) => [model, output?.[0]]) };
}

/** Another one, with what the stage remembers. */
export function restored(stage: LearningCellsStage, own: LearningOptions): LearningCellsStage {
  const other = new LearningCellsStage(own);
  for (const [index, slot] of stage.slots.entries()) {
    for (const key of slot.keys()) other.slots[index]?.restore(key, slot.save(key) ?? new Uint8Array());
  }
  return other;
}
