import {
  type AlertChange,
  type AlertState,
  ByteReader,
  ByteWriter,
  type StateSlot,
} from "../../core/index.js";

/** Keys that are named in a `why`; of the others it is said how many they are. */
const NAMED = 10;

interface Group {
  /** Whose alert it is. */
  readonly leader: string;
  /** Event time at which it was raised, ms. */
  readonly since: number;
  /** Event time at which a key joined last, ms. */
  last: number;
  /** Of each key whether its own alert is open. */
  readonly members: Map<string, boolean>;
  /** So many keys have been named. */
  told: number;
}

/**
 * Makes one alert of those that several keys raise at about the same time: whoever monitors a hundred sensors wants to be
 * told once that the power failed, and by which keys that is seen.
 *
 * A key whose alert is raised within `withinMs` of the last one joins its group, and says nothing of its own. The alert
 * is that of the first key, the leader: it is updated at the leader's next event with the keys that have joined, and
 * cleared at its first event at which none of them is unusual any more. All keys' state stands under the key "".
 */
export class AlertGroups implements StateSlot {
  readonly name = "groups";
  readonly version = 1;
  readonly isShared = true;
  readonly #withinMs: () => number | undefined;
  #groups: Group[] = [];

  /** @param withinMs of event time; undefined: every key has its own alert */
  constructor(withinMs: () => number | undefined) {
    this.#withinMs = withinMs;
  }

  /** No alert is open that a group has: what a key says goes as it is, unless it raises one. */
  get isEmpty(): boolean {
    return this.#groups.length === 0;
  }

  /**
   * What is said of a key's event at which its own alert changed, or didn't.
   *
   * @param own what the key would say by itself
   * @param plain what a change of the leader's that the group makes is like but for state, since and why
   * @returns what is said instead
   */
  pass(
    key: string,
    time: number,
    own: AlertChange | undefined,
    plain: Omit<AlertChange, "state" | "since" | "why">,
  ): AlertChange | undefined {
    const group = this.#groupOf(key) ?? this.#join(key, time, own?.state);
    if (group === undefined) return own;
    if (own) group.members.set(key, own.state !== "cleared");
    if (group.leader !== key) return undefined;
    const { since, members } = group;
    if (members.size === 1) {
      if (own?.state === "cleared") this.#end(group);
      return own;
    }
    const isOver = [...members.values()].every((isOpen) => !isOpen);
    if (isOver) {
      this.#end(group);
      return { ...plain, state: "cleared", since, why: `all of ${names(members)} are calm` };
    }
    const isNews = group.told < members.size;
    if (!isNews && (own === undefined || own.state === "cleared")) return undefined;
    group.told = members.size;
    const ownWhy = own && own.state !== "cleared" ? `${own.why}; ` : "";
    return { ...plain, ...own, state: "updated", since, why: `${ownWhy}${together(members)}` };
  }

  /**
   * Keys that were found to be silent together, without an event of any: one alert, of the first that has none yet.
   *
   * @param found what each would say by itself
   * @returns what is said instead; undefined: all are in groups already
   */
  gather<T extends { readonly key: string; readonly time: number; readonly change: AlertChange }>(
    found: readonly T[],
  ): T | undefined {
    if (this.#withinMs() === undefined) return found[0];
    const free = found.filter(({ key }) => this.#groupOf(key) === undefined);
    const [first] = free;
    if (first === undefined) return undefined;
    const { key: leader, time: since, change } = first;
    const members = new Map(free.map(({ key }) => [key, true]));
    this.#groups.push({ leader, since, last: since, members, told: members.size });
    if (members.size === 1) return first;
    return { ...first, change: { ...change, why: `${change.why}; ${together(members)}` } };
  }

  /** A key's state is forgotten: nothing of it is to be waited for. */
  forget(key: string): void {
    const group = this.#groupOf(key);
    if (group?.leader === key) this.#end(group);
    else group?.members.set(key, false);
  }

  /** An alert is open that this key leads, whether or not it is unusual itself. */
  isLed(key: string): boolean {
    return this.#groups.some(({ leader }) => leader === key);
  }

  #groupOf(key: string): Group | undefined {
    return this.#groups.find(({ members }) => members.has(key));
  }

  #join(key: string, time: number, state: AlertState | undefined): Group | undefined {
    const withinMs = this.#withinMs();
    if (state !== "raised" || withinMs === undefined) return undefined;
    const isNear = ({ last, since }: Group) => time <= last + withinMs && time >= since - withinMs;
    let group = this.#groups.findLast(isNear);
    if (group === undefined) {
      group = { leader: key, since: time, last: time, members: new Map(), told: 1 };
      this.#groups.push(group);
    }
    group.members.set(key, true);
    group.last = Math.max(group.last, time);
    return group;
  }

  #end(group: Group): void {
    this.#groups.splice(this.#groups.indexOf(group), 1);
  }

  keys(): Iterable<string> {
    return this.#groups.length > 0 ? [""] : [];
  }

  save(key: string): Uint8Array | undefined {
    if (key !== "" || this.#groups.length === 0) return undefined;
    const to = new ByteWriter().u32(this.#groups.length);
    for (const { leader, since, last, members, told } of this.#groups) {
      to.text(leader).f64(since).f64(last).u32(told).u32(members.size);
      for (const [key, isOpen] of members) to.text(key).u8(isOpen ? 1 : 0);
    }
    return to.finish();
  }

  restore(_key: string, bytes: Uint8Array): void {
    const from = new ByteReader(bytes, `state slot "${this.name}"`);
    this.#groups = Array.from({ length: from.u32() }, () => {
      const [leader, since, last, told] = [from.text(), from.f64(), from.f64(), from.u32()];
      const members = new Map<string, boolean>();
      for (let left = from.u32(); left > 0; left--) members.set(from.text(), from.u8() === 1);
      return { leader, since, last, members, told };
    });
    from.end();
  }

  reset(key: string): void {
    if (key === "") this.#groups = [];
    else this.forget(key);
  }
}

function together(members: ReadonlyMap<string, boolean>): string {
  return `${members.size} keys alert together: ${names(members)}`;
}

function names(members: ReadonlyMap<string, boolean>): string {
  const all = [...members.keys()];
  const more = all.length - NAMED;
  return all.slice(0, NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
