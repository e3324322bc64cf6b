import type { ByteReader, ByteWriter } from "../core/index.js";
import type { Detector, Row } from "./detector.js";
import type { BudgetedNovelty, NoveltyDetector } from "./novelty/index.js";
import type { PatternDetector } from "./pattern/pattern-detector.js";

/** How much novelty's strength and the pattern detector's evidence weigh together: chosen on NAB, where a plateau lies. */
export const WEIGHTS = { novelty: 0.9, pattern: 0.1 } as const;

/**
 * Novelty and pattern as one: what is new to both is more surely new. Strength is 0.9 of novelty's and a tenth of the
 * pattern detector's evidence; where novelty is not to be trusted to raise, the pattern detector's own, over its
 * threshold, alone.
 */
export class Fusion implements Detector {
  readonly name = "novelty";
  readonly #novelty: NoveltyDetector | BudgetedNovelty;
  readonly #pattern: PatternDetector;

  constructor(novelty: NoveltyDetector | BudgetedNovelty, pattern: PatternDetector) {
    this.#novelty = novelty;
    this.#pattern = pattern;
  }

  get bytes(): number {
    return this.#novelty.bytes + this.#pattern.bytes;
  }

  get mostBytes(): number {
    return this.#novelty.mostBytes + this.#pattern.mostBytes;
  }

  /** Evidence of the pattern detector alone. */
  get evidence(): number {
    return this.#pattern.evidence;
  }

  step(row: Row): number {
    this.#pattern.step(row);
    return WEIGHTS.novelty * this.#novelty.step(row) + WEIGHTS.pattern * this.#pattern.evidence;
  }

  why(): string {
    return `${this.#novelty.why()}; ${this.#pattern.why()}`;
  }

  release(): void {
    this.#novelty.release();
    this.#pattern.release();
  }

  write(to: ByteWriter): void {
    this.#novelty.write(to);
    this.#pattern.write(to);
  }

  read(from: ByteReader): void {
    this.#novelty.read(from);
    this.#pattern.read(from);
  }
}
