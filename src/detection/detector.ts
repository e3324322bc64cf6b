import type { ByteReader, ByteWriter } from "../core/index.js";

/** One row of a key, as detectors see it. */
export interface Row {
  /** Raw values of the targets, shape [targets]; finite. Owned by the caller, valid during the call. */
  readonly values: Float64Array;
  /** Event time, ms. */
  readonly time: number;
  /** The key's rows so far, this one included: from 1. */
  readonly count: number;
  /** A sequence begins with this row, after a gap: what came before is not its immediate past. */
  readonly begins: boolean;
  /** Usual time between the key's rows, ms; 0 or absent while unknown. */
  readonly intervalMs?: number;
  /** What was foretold of the values; absent: nothing was. */
  readonly errors?: readonly ForecastError[] | undefined;
}

/** A value beside what was foretold of it at one horizon. */
export interface ForecastError {
  /** Number of the target. */
  readonly target: number;
  /** Number of the horizon. */
  readonly horizon: number;
  readonly value: number;
  readonly forecast: number;
  /** Half the width of the 95 % interval; null while warming up. */
  readonly halfWidth: number | null;
  /** Conformal p of the error. */
  readonly p: number;
}

/**
 * A way to find what is unusual in one key's rows. Judges a row by what was known before it, then learns from it.
 *
 * Laws (test/conformance/detector.ts): the future never changes an earlier strength; the same rows give the same
 * bits; save, restore, continue is bit-identical; saving changes nothing; two detectors share no memory; the row is
 * left as it was; strengths are finite, whatever finite values come.
 */
export interface Detector {
  /** Which detector speaks: `novelty`, `pattern`, `level`, `forecast`, `stuck`, ... */
  readonly name: string;
  /** Memory that this key's detector holds, bytes. */
  readonly bytes: number;
  /** Memory that it will hold once it remembers all that it can, bytes; absent: no more than when its warm-up has ended. */
  readonly mostBytes?: number;
  /**
   * @returns how unusual the row is, from 0; 1 is where this detector, at its shipped threshold, finds an alert due;
   *   null while it can't tell. Without refractory time or habituation: those belong to the alert, and whether the
   *   key has warmed up is for whoever asks to know.
   */
  step(row: Row): number | null;
  /** Why the newest row was judged so, in words and numbers; asked for when it matters, so that steps stay cheap. */
  why(): string;
  write(to: ByteWriter): void;
  /** @throws RangeError code `STATE_CORRUPT` when the bytes are not what `write` wrote */
  read(from: ByteReader): void;
  /** Gives back memory that isn't the garbage collector's; the detector is of no use afterwards. */
  release(): void;
}
