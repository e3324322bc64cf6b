import { problem, type Stage, type StateSlot } from "../core/index.js";
import type { SlotEntry, Snapshot } from "../store/index.js";

/** All that the stages remember, of every key that they have in memory. */
export function takeSnapshot(stages: readonly Stage[], position: number): Snapshot {
  const entries = [];
  for (const { slots } of stages) {
    for (const slot of slots) {
      for (const key of slot.keys()) {
        const bytes = slot.save(key);
        if (bytes) entries.push({ slot: slot.name, version: slot.version, key, bytes });
      }
    }
  }
  return { position, entries };
}

/**
 * Puts a snapshot back into the stages.
 *
 * @throws Error code `SNAPSHOT_UNKNOWN` when it holds a slot, or a version of one, that the stages lack
 */
export function restoreSnapshot(stages: readonly Stage[], { entries, position }: Snapshot): void {
  restoreEntries(
    stages.flatMap(({ slots }) => slots),
    entries,
    position,
  );
}

/** Like `restoreSnapshot`. */
export function restoreEntries(
  slots: readonly StateSlot[],
  entries: readonly SlotEntry[],
  position: number,
): void {
  const known = new Map(slots.map((slot) => [slot.name, slot]));
  for (const entry of entries) {
    const slot = known.get(entry.slot);
    if (slot === undefined || slot.version !== entry.version) {
      throw problem(Error, {
        code: "SNAPSHOT_UNKNOWN",
        action: "restore the snapshot at position",
        on: String(position),
        expected: slots.map((one) => `${one.name} v${one.version}`).join(", "),
        found: `${entry.slot} v${entry.version}`,
      });
    }
    slot.restore(entry.key, entry.bytes);
  }
}
