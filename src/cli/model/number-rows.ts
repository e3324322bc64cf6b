import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { parse } from "csv-parse";

/**
 * Reads a CSV of numbers, row by row: a header, then one row per time step.
 *
 * @param columns how many numbers a row must have
 * @throws SyntaxError that names the row, when it has others
 */
export async function* readNumbers(file: string, columns: number): AsyncGenerator<Float64Array, void, void> {
  const source = createReadStream(file);
  await once(source, "open").catch((error: Error) => {
    throw new Error(`Cannot read ${file}: expected a readable CSV file, found ${error.message}`);
  });
  const rows = source.pipe(
    parse({
      delimiter: [",", ";", "\t"],
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }),
  );
  let line = 0;
  for await (const fields of rows as AsyncIterable<string[]>) {
    line++;
    const refuse = (found: string): SyntaxError =>
      new SyntaxError(
        `Cannot read row ${line} of ${file}: expected ${columns} numbers, one per input, found ${found}`,
      );
    if (fields.length !== columns) throw refuse(`${fields.length} columns`);
    if (line === 1) continue;
    yield Float64Array.from(fields, (field) => {
      const value = field === "" ? Number.NaN : Number(field);
      if (Number.isNaN(value) && !/^nan$/i.test(field)) throw refuse(JSON.stringify(field));
      return value;
    });
  }
  if (line === 0) throw new SyntaxError(`Cannot read ${file}: expected a header, found an empty file`);
}

/** Writes a CSV of float32 numbers, 9 significant digits each: enough to read the same bits again. */
export class NumberWriter {
  readonly #stream: ReturnType<typeof createWriteStream>;
  #failed: Error | undefined;

  constructor(
    private readonly file: string,
    header: readonly string[],
  ) {
    this.#stream = createWriteStream(file);
    this.#stream.on("error", (error) => {
      this.#failed = error;
    });
    this.#stream.write(`${header.map(quoted).join(",")}\n`);
  }

  async row(values: Float64Array): Promise<void> {
    const isFlowing = this.#stream.write(`${Array.from(values, digits).join(",")}\n`);
    if (!isFlowing && !this.#failed) await once(this.#stream, "drain").catch(() => {});
    this.#check();
  }

  async end(): Promise<void> {
    await new Promise<void>((resolve) => this.#stream.end(() => resolve()));
    this.#check();
  }

  #check(): void {
    if (this.#failed) {
      throw new Error(`Cannot write ${this.file}: expected a writable file, found ${this.#failed.message}`);
    }
  }
}

function digits(value: number): string {
  return String(Number(value.toPrecision(9)));
}

function quoted(name: string): string {
  return /[",\n\r]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
