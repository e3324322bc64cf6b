import type { LedgerEntry } from "../core/index.js";

/**
 * The ledger is kept as a log of its own, a block with each commit: of an id what was written last holds. A block has
 * eleven bytes for each packet: its QoS, or 0 where the broker is done with it (u8), its id (u16) and its hash (f64), little
 * endian. A row for each packet took a third of the writer's time.
 */
export interface LedgerBlock {
  readonly count: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const ENTRY_BYTES = 11;
const RELEASED = 0;

function block(count: number): { readonly bytes: Uint8Array<ArrayBuffer>; readonly view: DataView } {
  const bytes = new Uint8Array(count * ENTRY_BYTES);
  return { bytes, view: new DataView(bytes.buffer) };
}

export function ledgerBlock(entries: readonly LedgerEntry[]): LedgerBlock {
  const { bytes, view } = block(entries.length);
  let at = 0;
  for (const { packetId, qos, hash } of entries) {
    bytes[at] = qos;
    view.setUint16(at + 1, packetId, true);
    view.setFloat64(at + 3, hash, true);
    at += ENTRY_BYTES;
  }
  return { count: entries.length, bytes };
}

/** Says that the broker may give a packet's id to another. */
export function releasedBlock(packetId: number): LedgerBlock {
  const { bytes, view } = block(1);
  bytes[0] = RELEASED;
  view.setUint16(1, packetId, true);
  return { count: 1, bytes };
}

/**
 * What holds after blocks, oldest first.
 *
 * @param most the newest of so many lines
 */
export function entriesOfBlocks(blocks: readonly Uint8Array[], most: number): LedgerEntry[] {
  const lines = blocks.flatMap(linesOf).slice(-most);
  const entries = new Map<number, LedgerEntry>();
  for (const { packetId, qos, hash } of lines) {
    // Anew at the end: the order is that of arrival.
    entries.delete(packetId);
    if (qos !== RELEASED) entries.set(packetId, { packetId, qos, hash });
  }
  return [...entries.values()];
}

interface Line {
  readonly packetId: number;
  readonly qos: 1 | 2 | typeof RELEASED;
  readonly hash: number;
}

function linesOf(bytes: Uint8Array): Line[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / ENTRY_BYTES }, (_, i) => {
    const at = i * ENTRY_BYTES;
    const qos = view.getUint8(at);
    return {
      packetId: view.getUint16(at + 1, true),
      qos: qos === 1 || qos === 2 ? qos : RELEASED,
      hash: view.getFloat64(at + 3, true),
    };
  });
}
