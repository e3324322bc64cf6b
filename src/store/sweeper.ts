import type { Database } from "better-sqlite3";
import { type ProblemParts, problem } from "../core/index.js";
import type { Retention } from "./records.js";
import { cutByAge, cutBySize, isTooLarge, isWorthShrinking } from "./retention.js";
import { type PipelineSweep, prepareSweeps, type Sweeps } from "./sweep-statements.js";

/** Age is looked at again after so many new rows or so much time, whichever comes first. */
const PLAN_EVERY_ROWS = 10_000;
const PLAN_EVERY_MS = 60_000;

/** Rows deleted per table and step at least; twice what was just written if that is more, to catch up. */
const STEP_ROWS = 2_000;
/** Free pages moved out of the file per step. */
const STEP_PAGES = 512;

/** Log entries that outlive the journal they belong to: the lineage of the network, also the one in service. */
const LOG_ENTRIES = 64;

/** Share of a size limit that dead letters may take. */
const DEAD_LETTER_SHARE = 1 / 10;

/** Above this share of a size limit the file itself is made smaller. */
const AT_LIMIT = 0.8;

/**
 * Executes retention in the writer thread, a small step at a time between commits: first the cut is
 * decided and recorded, and the snapshots before it are let go (see `PageWriter`), then the rows before it go little by little,
 * then the file shrinks.
 */
export class Sweeper {
  readonly #db: Database;
  readonly #retention: Retention;
  readonly #onProblem: (error: Error) => void;
  readonly #sql: Sweeps;
  readonly #pageBytes: number;
  #rows = 0;
  #plannedAt = Number.NEGATIVE_INFINITY;
  #isHeld = true;
  #hasMore = false;

  constructor(db: Database, retention: Retention, onProblem: (error: Error) => void = () => {}) {
    this.#db = db;
    this.#retention = retention;
    this.#onProblem = onProblem;
    this.#sql = prepareSweeps(db);
    this.#pageBytes = Number(db.pragma("page_size", { simple: true }));
  }

  /**
   * One small step.
   *
   * @param now  wall clock, ms
   * @param rows written since the last step
   * @returns true if there is more to do
   */
  step(now: number, rows: number): boolean {
    this.#rows += rows;
    // Nearly always there is nothing to do: then nothing is asked but, under a size limit, the size.
    if (!this.#hasMore && !this.#isDue(now)) return false;
    const pipelines = this.#sql.pipelines.all();
    const isDeleting = this.#deleteSome(pipelines, Math.max(STEP_ROWS, 2 * rows));
    const hasCut = !isDeleting && this.#isDue(now) && this.#plan(pipelines, now);
    const isShrinking = this.#shrinkSome();
    this.#hasMore = isDeleting || hasCut || isShrinking;
    return this.#hasMore;
  }

  #pages(): { pages: number; free: number } {
    return { pages: this.#sql.pageCount.get() ?? 0, free: this.#sql.freelistCount.get() ?? 0 };
  }

  #isTooLarge(): boolean {
    const { bytes } = this.#retention;
    if (bytes === undefined) return false;
    const { pages, free } = this.#pages();
    return isTooLarge((pages - free) * this.#pageBytes, bytes);
  }

  #isDue(now: number): boolean {
    const elapsed = now - this.#plannedAt;
    return this.#rows >= PLAN_EVERY_ROWS || elapsed >= PLAN_EVERY_MS || elapsed < 0 || this.#isTooLarge();
  }

  /** @returns true if a cut moved up */
  #plan(pipelines: readonly PipelineSweep[], now: number): boolean {
    this.#rows = 0;
    this.#plannedAt = now;
    const { ageMs, bytes } = this.#retention;
    const extents = pipelines.map(({ id, cut, published }) => ({
      cut,
      published: published ?? undefined,
      snapshots: this.#sql.snapshots.all(id),
    }));
    const cuts = extents.map((extent) => (ageMs === undefined ? extent.cut : cutByAge(extent, now, ageMs)));
    let moved = cuts.some((cut, index) => cut > (extents[index]?.cut ?? 0));
    if (bytes !== undefined) this.#trimDeadLetters(pipelines, (bytes * DEAD_LETTER_SHARE) / pipelines.length);
    if (!moved && bytes !== undefined && this.#isTooLarge()) {
      const next = cutBySize(extents);
      if (next) cuts[next.index] = next.cut;
      else this.#sayNotHeld(bytes);
      moved = next !== undefined;
    } else {
      this.#isHeld = true;
    }
    if (moved) this.#cut(pipelines, cuts);
    return moved;
  }

  #cut(pipelines: readonly PipelineSweep[], cuts: readonly number[]): void {
    this.#db.transaction(() => {
      pipelines.forEach(({ id, cut: before }, index) => {
        const cut = cuts[index] ?? before;
        if (cut <= before) return;
        this.#sql.cut.run(cut, id);
        this.#sql.letSnapshotsGo.run(id, cut);
        this.#sql.dropLog.run(id, cut, id, LOG_ENTRIES);
      });
    })();
  }

  /** @returns true if rows before a cut are left */
  #deleteSome(pipelines: readonly PipelineSweep[], count: number): boolean {
    let isLeft = false;
    const work = pipelines.flatMap(({ id, cut, alerted }) =>
      this.#sql.tables.map((table) => {
        // What is still to be announced stays, however old.
        const bound = table.name === "alerts" ? Math.min(cut, alerted ?? cut) : cut;
        return { ...table, id, bound, first: table.first.get(id) ?? Number.POSITIVE_INFINITY };
      }),
    );
    const due = work.filter(({ first, bound }) => first <= bound);
    if (due.length === 0) return false;
    this.#db.transaction(() => {
      for (const { drop, id, bound, first } of due) {
        const to = Math.min(bound, first + count - 1);
        drop.run(id, to);
        isLeft ||= to < bound;
      }
    })();
    return isLeft;
  }

  #trimDeadLetters(pipelines: readonly PipelineSweep[], budgetBytes: number): void {
    for (const { id } of pipelines) {
      let sum = 0;
      const newestFirst = this.#sql.deadLetterSizes.all(id);
      const tooOld = newestFirst.find(({ bytes }) => {
        sum += bytes;
        return sum > budgetBytes;
      });
      if (tooOld) this.#sql.dropDeadLetters.run(id, tooOld.id);
    }
  }

  /** @returns true if there are more pages worth moving */
  #shrinkSome(): boolean {
    const { pages, free } = this.#pages();
    const { bytes = Number.POSITIVE_INFINITY } = this.#retention;
    if (!isWorthShrinking(free, pages, pages * this.#pageBytes > AT_LIMIT * bytes)) return false;
    this.#db.pragma(`incremental_vacuum(${STEP_PAGES})`);
    return this.#pages().free < free;
  }

  /** Once, until it is held again. */
  #sayNotHeld(limitBytes: number): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    const { pages, free } = this.#pages();
    const parts: ProblemParts = {
      code: "RETENTION_NOT_HELD",
      action: "keep the store under",
      on: `${limitBytes} bytes`,
      expected: "two snapshots and the journal after the older one to fit",
      found: `${(pages - free) * this.#pageBytes} bytes in use that are still needed; raise the limit`,
    };
    this.#onProblem(problem(Error, parts));
  }
}
