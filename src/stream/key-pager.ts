import { type Batch, ByteReader, type Request, type Stage, type StateSlot, standing } from "../core/index.js";
import { readLastHeard, readSilences, SILENCE_SLOT } from "../detection/index.js";
import type { Commit, Page, PipelineStore, SlotEntry } from "../store/index.js";
import { narrowToGone } from "./gone-keys.js";
import { bytesOf, PageLine, type PagePart } from "./page-line.js";
import { type Resident, ResidentKeys } from "./resident-keys.js";
import { restoreEntries } from "./snapshot.js";

export interface KeyPagerOptions {
  /** What the states of keys may take in memory, about; default 192 MiB. */
  readonly memoryBytes?: number;
  /** Pages that are made for a snapshot with a commit, beside those whose keys are stepped; default 32. */
  readonly pagesAtOnce?: number;
}

const MEMORY_BYTES = 192 * 1024 * 1024;
/** So long the making of a snapshot's pages may hold up a batch. */
const AT_ONCE = 32;
const AT_ONCE_BYTES = 512 * 1024;

/** What belongs to no key. */
const SHARED = "";

/**
 * Keeps in memory the states of the keys that had an event lately, and those of all others in the store, as pages: a
 * key's states leave memory when it is the one that has been without an event for the longest time and there is no
 * room, and come back bit for bit before its next event. That decides no result.
 *
 * A snapshot is made while the stream goes on: the keys that have changed are marked, and a page is made of each
 * before its next event, or a few with each commit. Once all of them are on their way it is one.
 *
 * Memory: the budget, the keys of one batch, and the pages on their way to disk.
 */
export class KeyPager {
  readonly #stages: readonly Stage[];
  readonly #store: PipelineStore;
  readonly #memoryBytes: number;
  readonly #pagesAtOnce: number;
  readonly #keys = new ResidentKeys();
  readonly #line = new PageLine();
  #slots: readonly StateSlot[] = [];
  #ownSlots: readonly StateSlot[] = [];
  /** Keys that wait for a page of the snapshot under way. */
  #marked: Resident[] = [];
  /** Keys that were reset: they need not stay. */
  #leaving: string[] = [];
  #isSharedDirty = false;
  #sharedBytes = 0;
  /** Of the newest event or request that was stepped. */
  #position = 0;
  #newest = Number.NEGATIVE_INFINITY;
  #fetched = 0;
  #displaced = 0;

  constructor(stages: readonly Stage[], store: PipelineStore, options: KeyPagerOptions = {}) {
    this.#stages = stages;
    this.#store = store;
    this.#memoryBytes = options.memoryBytes ?? MEMORY_BYTES;
    this.#pagesAtOnce = options.pagesAtOnce ?? AT_ONCE;
  }

  /**
   * Brings back what belongs to no key, as of the newest snapshot; keys follow when they are needed.
   *
   * @returns the snapshot's position
   * @throws Error code `SNAPSHOT_UNKNOWN`
   */
  async begin(): Promise<number> {
    this.#slots = this.#stages.flatMap(({ slots }) => slots);
    this.#ownSlots = this.#slots.filter(({ isShared }) => isShared !== true);
    for (const stage of this.#stages) {
      if ("beforeAllChange" in stage)
        stage.beforeAllChange = () => this.#saveMarked(Number.POSITIVE_INFINITY);
    }
    this.#position = this.#store.newestSnapshotPosition();
    await this.#store.forgetPagesAfter(this.#position);
    const page = this.#store.page(SHARED);
    if (page) this.#restore(page);
    return this.#position;
  }

  #restore({ entries, position }: Page): void {
    restoreEntries(this.#slots, entries, position);
  }

  /** How many keys' states are in memory, and about how much they take, bytes. */
  get resident(): { readonly keys: number; readonly bytes: number } {
    return { keys: this.#keys.count, bytes: this.#keys.bytes };
  }

  /** Keys that have been brought back so far. */
  get fetched(): number {
    return this.#fetched;
  }

  /** Keys that had to go for want of room so far. */
  get displaced(): number {
    return this.#displaced;
  }

  isResident(key: string): boolean {
    return this.#keys.get(key) !== undefined;
  }

  /** Event time of the newest event of all since the start, ms; negative infinity before it. */
  get newest(): number {
    return this.#newest;
  }

  /** Keys in memory that have had no event since a time, of which more than the count of their events is known. */
  *quiet(since: number): Generator<string> {
    for (const { key, heard } of this.#keys.values()) if (heard !== null && heard < since) yield key;
  }

  /** Before a batch is stepped: what is known of the keys that it concerns is brought back. */
  admit(batch: Batch): void {
    for (const request of batch.requests) {
      for (const key of keysOf(request)) this.#admit(key);
      // One of the log has been narrowed.
      if (request.kind === "forget" && request.position === 0) this.#narrow(request);
    }
    for (const { sample } of batch.events) this.#admit(sample.key);
  }

  #narrow(request: Request): void {
    const isResident = (key: string) => this.isResident(key);
    narrowToGone(request, { store: this.#store, line: this.#line, isResident });
  }

  #admit(key: string): Resident {
    const one = this.#keys.get(key);
    if (one === undefined) return this.#fetch(key);
    if (one.isMarked) this.#save(one, this.#line.begun ?? this.#position);
    return one;
  }

  #fetch(key: string): Resident {
    const page = this.#line.find(key) ?? this.#store.page(key);
    if (page === undefined || page === "none") return this.#keys.add(key, null, 0, false);
    this.#restore(page);
    this.#fetched++;
    return this.#keys.add(key, page.heard, bytesOf(page), true);
  }

  /** After a batch was stepped, with nothing else on the way: what it changed, and whom there is no room for any more. */
  stepped(batch: Batch): void {
    for (const request of standing(batch.requests)) this.#steppedRequest(request);
    for (const { sample, position, note } of batch.events) {
      const one = this.#keys.get(sample.key) ?? this.#fetch(sample.key);
      this.#keys.change(one);
      this.#position = Math.max(this.#position, position);
      if (note !== "" && note !== "fault") continue;
      one.heard = Math.max(one.heard ?? Number.NEGATIVE_INFINITY, sample.time);
      this.#newest = Math.max(this.#newest, sample.time);
      this.#keys.count1(one, this.#ownSlots);
    }
    for (const stage of this.#stages) {
      for (const key of stage.takeTouched?.() ?? []) this.#keys.change(this.#admit(key));
    }
    this.#isSharedDirty ||= batch.events.length + batch.requests.length > 0;
  }

  #steppedRequest(request: Request): void {
    this.#position = Math.max(this.#position, request.position);
    for (const key of keysOf(request)) {
      const one = this.#keys.get(key) ?? this.#fetch(key);
      this.#keys.change(one);
      if (request.kind !== "reset") continue;
      one.heard = null;
      this.#leaving.push(key);
    }
  }

  /** Lets keys go until there is room again. Between batches only. */
  relieve(): void {
    for (const key of this.#leaving.splice(0)) {
      const one = this.#keys.get(key);
      if (one?.heard === null) this.#letGo(one);
    }
    while (this.#keys.bytes > this.#memoryBytes) {
      const { oldest } = this.#keys;
      if (oldest === undefined) return;
      this.#displaced++;
      this.#letGo(oldest);
    }
  }

  #letGo(one: Resident): void {
    if (one.isMarked) this.#save(one, this.#line.begun ?? this.#position);
    else if (one.isDirty) this.#save(one, this.#position);
    for (const slot of this.#ownSlots) slot.reset(one.key);
    this.#keys.delete(one);
  }

  /** Makes a page of what is known of a key, which has not changed since a position. */
  #save(one: Resident, position: number): void {
    const { key, heard, isStored } = one;
    const entries = entriesOf(this.#ownSlots, key);
    // Somebody asked for a key that nobody has heard of.
    if (entries.length === 0 && !isStored) {
      this.#keys.saved(one, 0);
      one.isStored = false;
      return;
    }
    const page = { key, position, heard, due: dueOf(entries), entries };
    this.#line.add(page);
    this.#keys.saved(one, bytesOf(page));
  }

  /** What a snapshot taken now would write, about, bytes. */
  get dirtyBytes(): number {
    return this.#keys.dirtyBytes + this.#sharedBytes;
  }

  /** A snapshot is under way. */
  get isKeeping(): boolean {
    return this.#line.begun !== undefined;
  }

  /** Begins a snapshot of all that is remembered at this moment. Between batches only, and one at a time. */
  keep(): void {
    this.#line.begin(this.#position);
    if (this.#isSharedDirty) {
      const entries = entriesOf(this.#slots, SHARED);
      const page = { key: SHARED, position: this.#position, heard: null, due: null, entries };
      this.#sharedBytes = bytesOf(page);
      this.#line.add(page);
      this.#isSharedDirty = false;
    }
    for (const one of this.#keys.values()) {
      if (!one.isDirty) continue;
      one.isMarked = true;
      this.#marked.push(one);
    }
    this.#endIfWhole();
  }

  #saveMarked(most: number, mostBytes = Number.POSITIVE_INFINITY): void {
    if (this.#marked.length === 0) return;
    let bytes = 0;
    for (let count = 0; count < most && bytes < mostBytes; ) {
      const one = this.#marked.pop();
      if (one === undefined) break;
      if (!one.isMarked) continue;
      this.#save(one, this.#line.begun ?? this.#position);
      bytes += one.bytes;
      count++;
    }
    this.#endIfWhole();
  }

  #endIfWhole(): void {
    if (this.#marked.length === 0) this.#line.end();
  }

  /** What the next commit takes along; undefined: nothing. */
  take(): PagePart | undefined {
    this.#saveMarked(this.#pagesAtOnce, AT_ONCE_BYTES);
    return this.#line.take();
  }

  /** There is something that a commit should take along. */
  get hasMore(): boolean {
    return this.#marked.length > 0 || !this.#line.isEmpty;
  }

  /** A commit's part is on disk. */
  settle(part: Pick<Commit, "pages" | "forgotten">): void {
    this.#line.settle(part);
  }

  /** Writes all that waits, without events. Between batches only. */
  async flush(): Promise<void> {
    for (let part = this.take(); part !== undefined || this.hasMore; part = this.take()) {
      if (part === undefined) continue;
      await this.#store.commit({ events: [], deadLetters: [], log: [], ledger: [], ...part });
      this.settle(part);
    }
  }

  /** Writes a snapshot, if anything has changed since the newest. Between batches only. */
  async keepAll(): Promise<void> {
    await this.flush();
    if (!this.#isSharedDirty) return;
    this.keep();
    await this.flush();
  }
}

/** Keys that a request concerns, by name. */
function keysOf({ kind, key, body }: Request): readonly string[] {
  if (kind === "silence") return readSilences(body).map((silence) => silence.key);
  return key === "" ? [] : [key];
}

function entriesOf(slots: readonly StateSlot[], key: string): SlotEntry[] {
  return slots.flatMap((slot) => {
    const bytes = slot.save(key);
    return bytes ? [{ slot: slot.name, version: slot.version, key, bytes }] : [];
  });
}

/** When the key's silence is due an alert. */
function dueOf(entries: readonly SlotEntry[]): number | null {
  const bytes = entries.find(({ slot }) => slot === SILENCE_SLOT)?.bytes;
  if (bytes === undefined) return null;
  const { arrival, dueMs } = readLastHeard(new ByteReader(bytes, `state slot "${SILENCE_SLOT}"`));
  return Number.isFinite(dueMs) ? arrival + dueMs : null;
}
