/** A lone half of a surrogate pair has no UTF-8, and SQLite would store a replacement character for it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** A key as it stands in a column: TEXT, or UTF-16 in a BLOB if it has no UTF-8, so that keys never merge. */
export type KeyColumn = string | Uint8Array;

export function keyToColumn(key: string): KeyColumn {
  return LONE_SURROGATE.test(key) ? Buffer.from(key, "utf16le") : key;
}

export function keyFromColumn(column: KeyColumn): string {
  if (typeof column === "string") return column;
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString("utf16le");
}
