import type { Database, Statement } from "better-sqlite3";

/** Rows of one statement. */
const AT_ONCE = 32;

/**
 * Inserts rows of a table, several with one statement: to run a statement costs about as much as to insert a row. What was
 * given is not in the table before `flush`.
 */
export class RowInserts {
  readonly #one: Statement<unknown[]>;
  readonly #several: Statement<unknown[]>;
  readonly #columns: number;
  /** Rows that wait, one after the other. */
  readonly #waiting: unknown[] = [];

  /** @param table with so many columns */
  constructor(db: Database, table: string, columns: number) {
    const row = `(${Array(columns).fill("?").join()})`;
    this.#one = db.prepare(`INSERT INTO ${table} VALUES ${row}`);
    this.#several = db.prepare(`INSERT INTO ${table} VALUES ${Array(AT_ONCE).fill(row).join()}`);
    this.#columns = columns;
  }

  add(...row: readonly unknown[]): void {
    const waiting = this.#waiting;
    waiting.push(...row);
    if (waiting.length < AT_ONCE * this.#columns) return;
    this.#several.run(...waiting);
    waiting.length = 0;
  }

  flush(): void {
    const waiting = this.#waiting;
    for (let at = 0; at < waiting.length; at += this.#columns) {
      this.#one.run(...waiting.slice(at, at + this.#columns));
    }
    waiting.length = 0;
  }

  /** Lets go of rows that wait: their transaction has failed. */
  forget(): void {
    this.#waiting.length = 0;
  }
}
