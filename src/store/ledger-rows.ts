import type { LedgerEntry } from "../core/index.js";

/** Entries of the ledger as they cross to the writer thread; see `EventRows`. */
export interface LedgerRows {
  readonly packetIds: Float64Array;
  /** Hashes, one to a line: they are hexadecimal digits. */
  readonly hashes: string;
}

export function packLedger(entries: readonly LedgerEntry[]): LedgerRows {
  const packetIds = new Float64Array(entries.length);
  let hashes = "";
  for (let i = 0; i < entries.length; i++) {
    packetIds[i] = entries[i]?.packetId ?? 0;
    hashes += `${i === 0 ? "" : "\n"}${entries[i]?.hash}`;
  }
  return { packetIds, hashes };
}

/** Inverse of `packLedger`, in order. */
export function visitLedger({ packetIds, hashes }: LedgerRows, visit: (entry: LedgerEntry) => void): void {
  const lines = hashes.split("\n");
  for (let i = 0; i < packetIds.length; i++) visit({ packetId: packetIds[i] ?? 0, hash: lines[i] ?? "" });
}
