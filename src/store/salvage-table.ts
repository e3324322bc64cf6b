import type { Database } from "better-sqlite3";

/** How much of one table could be read. */
export interface TableCopy {
  readonly name: string;
  readonly rows: number;
  readonly isDamaged: boolean;
  /** Where rows may be missing, by the last column of the primary key: between the two. */
  readonly gaps: readonly (readonly [before: number, after: number])[];
}

type Cell = string | number | bigint | Buffer | null;

/** Jumps over a damaged stretch end here. */
const LARGEST = Number.MAX_SAFE_INTEGER;

/**
 * Copies a table's rows in the order of its primary key. Where a page is damaged, reading goes on behind it: by
 * jumps of 1, 2, 4, ... in the last column of the key where that is a number, else from the table's end.
 */
export function copyTable(from: Database, to: Database, name: string): TableCopy {
  const columns = to.prepare<[], { name: string; pk: number }>(`PRAGMA table_info(${name})`).all();
  const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  const names = columns.map((column) => column.name).join(", ");
  const insert = to.prepare(
    `INSERT OR IGNORE INTO ${name} (${names}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  const keyNames = key.map((column) => column.name);
  const places = keyNames.map((one) => columns.findIndex((column) => column.name === one));
  const gaps: [number, number][] = [];
  let rows = 0;
  let isDamaged = false;

  /** @returns the key of the last row that could be read, if reading did not reach the end */
  const read = (
    where: string,
    values: readonly Cell[],
    order: "ASC" | "DESC",
  ): readonly Cell[] | "end" | undefined => {
    let last: readonly Cell[] | undefined;
    const by = keyNames.map((one) => `${one} ${order}`).join(", ");
    try {
      const statement = from
        .prepare<Cell[], Cell[]>(`SELECT ${names} FROM ${name} ${where} ORDER BY ${by}`)
        .raw()
        .safeIntegers(false);
      for (const row of statement.iterate(...values)) {
        rows += insert.run(...row).changes;
        last = places.map((place) => row[place] ?? null);
      }
      return "end";
    } catch (error) {
      if (!isDamage(error)) throw error;
      isDamaged = true;
      return last;
    }
  };

  to.transaction(() => {
    const reached = read("", [], "ASC");
    if (reached === "end") return;
    // The other end first: behind it there is nothing to look for.
    const behind = read("", [], "DESC");
    const numbers = (cells: readonly Cell[] | undefined): number[] | undefined =>
      cells?.every((cell) => typeof cell === "number") ? cells.map(Number) : undefined;
    let place = numbers(reached) ?? keyNames.map(() => 0);
    const end = behind === "end" || behind === undefined ? undefined : numbers(behind);
    const tuple = `(${keyNames.join(", ")})`;
    const marks = keyNames.map(() => "?").join(", ");
    gaps.push([place.at(-1) ?? 0, end?.at(-1) ?? LARGEST]);
    for (let jump = 1; jump < LARGEST / 2; jump *= 2) {
      const next = [...place.slice(0, -1), (place.at(-1) ?? 0) + jump];
      if (end !== undefined && isBehind(next, end)) return;
      const before = rows;
      const got = read(`WHERE ${tuple} >= (${marks})`, next, "ASC");
      if (got === "end") return;
      const at = numbers(got);
      if (rows === before || at === undefined) continue;
      place = at;
      jump = 1;
    }
  })();
  return { name, rows, isDamaged, gaps };
}

function isBehind(a: readonly number[], b: readonly number[]): boolean {
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? 0;
    if (value !== other) return value > other;
  }
  return true;
}

function isDamage(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^SQLITE_(CORRUPT|IOERR|NOTADB)/.test(code);
}
