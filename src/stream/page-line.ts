import { giveBack } from "../core/index.js";
import type { Commit, Page } from "../store/index.js";

/** Bytes of pages that a commit takes along, about: so long others may have to wait for it. */
const PIECE_BYTES = 512 * 1024;

/** States of so many bytes are given back once they are on disk. */
const LARGE = 16 * 1024;

/** What a commit takes along. */
export type PagePart = Pick<Commit, "pages" | "snapshot" | "begun">;

/** A snapshot all of whose pages stand before it in the line. */
interface Mark {
  readonly position: number;
  /** Pages of this process before it. */
  readonly pages: number;
}

/** Pages on their way into the store, in order, a part with each commit; and the snapshots that they make. */
export class PageLine {
  #waiting: (Page | Mark)[] = [];
  #first = 0;
  #count = 0;
  #begun: number | undefined;
  /** Newest page of each key that is not on disk yet; of one that is forgotten, with its pages there, none. */
  readonly #underWay = new Map<string, Page | "none">();

  get isEmpty(): boolean {
    return this.#first === this.#waiting.length;
  }

  /** Position of the snapshot whose pages are still coming. */
  get begun(): number | undefined {
    return this.#begun;
  }

  /** A page that is not on disk yet: newer than any that is, which counts for nothing, also if it has `none`. */
  find(key: string): Page | "none" | undefined {
    return this.#underWay.get(key);
  }

  add(page: Page): void {
    this.#waiting.push(page);
    this.#underWay.set(page.key, page);
    this.#count++;
  }

  /** With the next commit its pages on disk go. */
  forget(key: string): void {
    this.#underWay.set(key, "none");
  }

  begin(position: number): void {
    this.#begun = position;
  }

  /** All pages of the snapshot that was begun have been added. */
  end(): void {
    if (this.#begun !== undefined) this.#waiting.push({ position: this.#begun, pages: this.#count });
  }

  /** The next part; undefined: nothing waits. */
  take(): PagePart | undefined {
    if (this.isEmpty) return undefined;
    const begun = this.#begun;
    const pages: Page[] = [];
    let snapshot: NonNullable<Commit["snapshot"]> | undefined;
    for (let bytes = 0; bytes < PIECE_BYTES && snapshot === undefined && !this.isEmpty; ) {
      const next = this.#waiting[this.#first++]!;
      if ("key" in next) {
        pages.push(next);
        bytes += bytesOf(next);
      } else {
        snapshot = { ...next, entries: [] };
        this.#begun = undefined;
      }
    }
    if (this.isEmpty) {
      this.#waiting = [];
      this.#first = 0;
    }
    return { pages, ...(snapshot ? { snapshot } : {}), begun };
  }

  /** A part is on disk. Its pages are empty then. */
  settle({ pages = [], forgotten = [] }: Pick<Commit, "pages" | "forgotten">): void {
    for (const page of pages) {
      if (this.#underWay.get(page.key) === page) this.#underWay.delete(page.key);
      for (const { bytes } of page.entries) if (bytes.length >= LARGE) giveBack(bytes);
    }
    for (const key of forgotten) if (this.#underWay.get(key) === "none") this.#underWay.delete(key);
  }
}

export function bytesOf({ entries }: Page): number {
  return entries.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
