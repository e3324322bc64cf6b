import type { ByteReader, ByteWriter } from "../../core/index.js";
import { daysInTenThousand } from "../days.js";
import type { Detector, Row } from "../detector.js";
import { NoveltyDetector, type NoveltyOptions, type Reservoirs } from "./novelty-detector.js";

/** Alerts that novelty raises in 10,000 rows of whatever stream. */
const NOVELTY_FALSE = 5;
/** It begins where it may raise, and rests where rows come more than so many times as often. */
const SLACK = 2;

/**
 * Novelty may raise where its own false alerts take no more than a tenth of the budget; elsewhere it keeps silent.
 *
 * @param intervalMs usual time between the key's rows; 0 while unknown
 */
export function noveltyMayRaise(alertsPerDay: number, intervalMs: number): boolean {
  return alertsPerDay * daysInTenThousand(intervalMs) >= 10 * NOVELTY_FALSE;
}

/**
 * Novelty for streams whose budget has room for it. On others, and those are most that have a value a minute and more, it
 * rests: it steps nothing and remembers nothing. Should rows come less often later on, it begins anew, and has a warm-up
 * of its own.
 */
export class BudgetedNovelty implements Detector {
  readonly name = "novelty";
  readonly #options: NoveltyOptions;
  readonly #alertsPerDay: number;
  readonly #reservoirs: Reservoirs;
  /** undefined: it rests. */
  #novelty: NoveltyDetector | undefined;
  /** It has rested before: the key's warm-up says nothing of its own. */
  #hasRested = false;
  #mayRaise = false;

  constructor(options: NoveltyOptions, alertsPerDay: number, reservoirs: Reservoirs) {
    this.#options = options;
    this.#alertsPerDay = alertsPerDay;
    this.#reservoirs = reservoirs;
    this.#novelty = new NoveltyDetector(options, reservoirs);
  }

  /** Whether its strength at the newest row may raise an alert. */
  get mayRaise(): boolean {
    return this.#mayRaise;
  }

  get bytes(): number {
    return this.#novelty?.bytes ?? 0;
  }

  get mostBytes(): number {
    return this.#novelty?.mostBytes ?? 0;
  }

  step(row: Row): number {
    const { intervalMs = 0 } = row;
    const hasRoom = noveltyMayRaise(this.#alertsPerDay, intervalMs);
    if (!hasRoom && this.#novelty === undefined) return 0;
    const isWanted = hasRoom || intervalMs === 0 || noveltyMayRaise(this.#alertsPerDay, SLACK * intervalMs);
    if (!isWanted) {
      this.#rest();
      return 0;
    }
    this.#novelty ??= new NoveltyDetector(this.#options, this.#reservoirs);
    const strength = this.#novelty.step(row);
    this.#mayRaise = hasRoom && (!this.#hasRested || this.#novelty.rows > this.#options.warmUp);
    return strength;
  }

  #rest(): void {
    this.#novelty?.release();
    this.#novelty = undefined;
    this.#hasRested = true;
    this.#mayRaise = false;
  }

  why(): string {
    return this.#novelty?.why() ?? "rows come too often for novelty";
  }

  release(): void {
    this.#novelty?.release();
  }

  write(to: ByteWriter): void {
    to.u8(this.#novelty ? 1 : 0)
      .u8(this.#hasRested ? 1 : 0)
      .u8(this.#mayRaise ? 1 : 0);
    this.#novelty?.write(to);
  }

  read(from: ByteReader): void {
    const isAwake = from.u8() === 1;
    const [hasRested, mayRaise] = [from.u8() === 1, from.u8() === 1];
    if (isAwake) {
      this.#novelty ??= new NoveltyDetector(this.#options, this.#reservoirs);
      this.#novelty.read(from);
    } else this.#rest();
    this.#hasRested = hasRested;
    this.#mayRaise = mayRaise;
  }
}
