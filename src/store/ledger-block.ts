import type { LedgerEntry } from "../core/index.js";

/**
 * The ledger is kept as a log of its own, a block with each commit: of an id what was written last holds. A block is
 * text, a line for each packet: its id and its hash, or its id alone where the broker is done with it. A row for each
 * packet took a third of the writer's time.
 */
export interface LedgerBlock {
  readonly count: number;
  readonly lines: string;
}

/** Hashes are hexadecimal digits, with `2:` before them at QoS 2, or nothing. */
export function ledgerBlock(entries: readonly LedgerEntry[]): LedgerBlock {
  let lines = "";
  for (const { packetId, hash } of entries) lines += `${packetId} ${hash}\n`;
  return { count: entries.length, lines };
}

/** Says that the broker may give a packet's id to another. */
export function releasedBlock(packetId: number): LedgerBlock {
  return { count: 1, lines: `${packetId}\n` };
}

/**
 * What holds after blocks, oldest first.
 *
 * @param most the newest of so many lines
 */
export function entriesOfBlocks(blocks: readonly string[], most: number): LedgerEntry[] {
  const lines = blocks.flatMap((block) => block.split("\n").slice(0, -1)).slice(-most);
  const entries = new Map<number, LedgerEntry>();
  for (const line of lines) {
    const [id = "", hash] = line.split(" ");
    const packetId = Number(id);
    // Anew at the end: the order is that of arrival.
    entries.delete(packetId);
    if (hash !== undefined) entries.set(packetId, { packetId, hash });
  }
  return [...entries.values()];
}
