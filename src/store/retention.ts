/** A stored snapshot, as retention sees it. */
export interface SnapshotPlace {
  readonly position: number;
  /** When its newest event arrived, ms. */
  readonly arrival: number;
}

/** How far one pipeline's rows reach. */
export interface Extent {
  /** The journal is complete after this position; what stands at or before it has been let go. */
  readonly cut: number;
  /** By position. */
  readonly snapshots: readonly SnapshotPlace[];
  /** Predictions are published up to here; undefined if nobody publishes them. */
  readonly published: number | undefined;
}

/** Rungs of the ladder of older snapshots: retention lets go of about this share of the journal at a time. */
const RUNGS = 8;

/**
 * The snapshots that stay when a new one has come: the two newest; the one at the cut, on which the
 * journal rests; and between them a ladder with rungs at least an eighth of the journal apart, the
 * places where retention may cut later. So their number is bounded while the journal grows.
 *
 * @param positions of all stored snapshots, ascending
 * @param cut where the journal begins: after this position
 */
export function snapshotsToKeep(positions: readonly number[], cut: number): number[] {
  const newest = positions.at(-1) ?? cut;
  const rung = (newest - cut) / RUNGS;
  let last = cut;
  return positions.filter((position, index) => {
    const isKept = position === cut || index >= positions.length - 2 || position - last >= rung;
    if (isKept) last = position;
    return isKept;
  });
}

/**
 * The position up to which age lets journal and outputs go: that of the newest snapshot which is older
 * than `ageMs`, so that a kept snapshot and the journal after it always give the state. Never the very
 * newest snapshot (its predecessor stays as a second chance), and nothing that is still to be published.
 */
export function cutByAge(extent: Extent, now: number, ageMs: number): number {
  const { cut, snapshots, published = Number.POSITIVE_INFINITY } = extent;
  const old = snapshots
    .slice(0, -1)
    .filter(({ position, arrival }) => arrival < now - ageMs && position <= published);
  return Math.max(cut, old.at(-1)?.position ?? cut);
}

/**
 * The next cut when the file is too large: that pipeline whose next rung is the oldest goes up by one.
 * Predictions not yet published may be lost by it, after a long time without a broker: a full disk would
 * stop everything. Alerts are never (they have a cursor of their own).
 *
 * @returns undefined if nothing more can be let go
 */
export function cutBySize(
  extents: readonly Extent[],
): { readonly index: number; readonly cut: number } | undefined {
  let oldest: { index: number; place: SnapshotPlace } | undefined;
  extents.forEach(({ cut, snapshots }, index) => {
    const place = snapshots.slice(0, -1).find(({ position }) => position > cut);
    if (place && (oldest === undefined || place.arrival < oldest.place.arrival)) oldest = { index, place };
  });
  return oldest && { index: oldest.index, cut: oldest.place.position };
}

/** Above this share of the size limit the oldest rung goes: the rest is for the log file and for growing meanwhile. */
const TOO_FULL = 0.7;

export function isTooLarge(usedBytes: number, limitBytes: number): boolean {
  return usedBytes > TOO_FULL * limitBytes;
}

/**
 * Whether free pages are worth moving out of the file: many, or at its limit. Otherwise they are left
 * for the rows to come, which saves flash.
 */
export function isWorthShrinking(freePages: number, pages: number, isAtLimit: boolean): boolean {
  return freePages > 64 && (isAtLimit || freePages > pages / 4);
}
