import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { ByteReader, ByteWriter } from "../core/index.js";
import type { TrainingJob } from "../training/index.js";
import { NUMERICS } from "./numerics.js";

/** Of the file's format. */
const VERSION = "eddy-training-1";

/**
 * What a training has finished so far, in a file, so that it goes on from there after an interruption, be it a
 * Ctrl-C, a kill -9 or a pulled plug, and comes to the same bits. The file belongs to one job: other data or settings
 * make another job.
 */
export class UnfinishedTraining {
  readonly #file: string;
  readonly #job: string;
  readonly #finished: Uint8Array[];
  /** There is a file, but of another job, or none that can be read. */
  readonly isIgnored: boolean;

  /** @param file need not exist; only `add` makes it */
  constructor(file: string, job: TrainingJob) {
    this.#file = file;
    this.#job = jobHash(job);
    const found = readUnfinished(file);
    this.#finished = found?.job === this.#job ? found.finished : [];
    this.isIgnored = found !== undefined && found.job !== this.#job;
  }

  /** For `TrainingJob.finished`. */
  get finished(): readonly Uint8Array[] {
    return this.#finished;
  }

  /** Another network is finished. On disk as a whole or not at all. */
  add(network: Uint8Array): void {
    this.#finished.push(network);
    const writer = new ByteWriter().text(VERSION).text(this.#job).u32(this.#finished.length);
    for (const one of this.#finished) writer.bytes(one);
    writeFileSync(this.#half, writer.finish(), { flush: true });
    renameSync(this.#half, this.#file);
  }

  /** The training has come to its end. */
  remove(): void {
    for (const file of [this.#file, this.#half]) rmSync(file, { force: true });
  }

  get #half(): string {
    return `${this.#file}.tmp`;
  }
}

/** undefined: there is no file. */
function readUnfinished(file: string): { readonly job: string; readonly finished: Uint8Array[] } | undefined {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(readFileSync(file));
  } catch {
    return undefined;
  }
  try {
    const from = new ByteReader(bytes, file);
    const version = from.text();
    const job = from.text();
    const finished = Array.from({ length: from.u32() }, () => from.bytes());
    from.end();
    return version === VERSION ? { job, finished } : { job: "", finished: [] };
  } catch {
    return { job: "", finished: [] };
  }
}

/** Equal for equal data and settings under the same arithmetic. */
function jobHash({ sequences, initial, finished: _, ...settings }: TrainingJob): string {
  const hash = createHash("sha256").update(JSON.stringify({ numerics: NUMERICS, ...settings }));
  const add = (values: Float64Array | Uint8Array = new Uint8Array(0)) =>
    hash
      .update(`|${values.byteLength}|`)
      .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  for (const { x, y, scale, begins, doubtful } of sequences) [x, y, scale, begins, doubtful].forEach(add);
  add(initial);
  return hash.digest("hex");
}
