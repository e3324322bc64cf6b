import type { AlertNews, KeyBoard, KeyRow, LiveFrame } from "../wire.js";

export type KeyState = "alert" | "silent" | "warming" | "ok";
export type Order = "state" | "score" | "key" | "newest";

/** Values of a sparkline. */
const SPARK = 48;
/** A key is silent after so many of its usual intervals, and after this long at least. */
const SILENT_INTERVALS = 10;
const SILENT_MS = 10_000;
/** Event times this close to the clock are taken for times of now. */
const LIVE_MS = 60_000;

export interface KeyView {
  readonly key: string;
  seq: number;
  time: number;
  value: number | null;
  score: number | null;
  isAlert: boolean;
  /** Event time before which it raises no alerts; 0: it isn't muted. */
  mutedUntil: number;
  readonly spark: (number | null)[];
  readonly intervalMs: number | null;
}

/** All keys of a pipeline, kept up with the stream. Knows no page: it can be tested without one. */
export class Board {
  readonly keys = new Map<string, KeyView>();
  /** Open ones, by key. */
  readonly alerts = new Map<string, AlertNews>();
  /** Keys there are, shown or not. */
  count = 0;
  #newest = 0;

  /** What was stored; what the stream said since is newer and stays. */
  load(board: KeyBoard): void {
    for (const row of board.keys) {
      const known = this.keys.get(row.key);
      if (known === undefined || known.seq < row.seq || known.spark.length < row.spark.length) {
        this.keys.set(row.key, viewOf(row, known));
      }
      this.#newest = Math.max(this.#newest, row.time);
    }
    this.alerts.clear();
    for (const alert of board.alerts) this.alerts.set(alert.key, alert);
    this.count = Math.max(board.count, this.keys.size);
  }

  take({ keys, alerts }: Pick<LiveFrame, "keys" | "alerts">): void {
    for (const [key, seq, time, value, score, alert, mutedUntil] of keys) {
      const view = this.keys.get(key) ?? newView(key);
      this.keys.set(key, view);
      Object.assign(view, { seq, time, value, score, isAlert: alert === 1, mutedUntil });
      view.spark.push(value);
      if (view.spark.length > SPARK) view.spark.shift();
      if (alert === 0) this.alerts.delete(key);
      this.#newest = Math.max(this.#newest, time);
    }
    for (const alert of alerts) {
      if (alert.state === "cleared") this.alerts.delete(alert.key);
      else if (this.keys.get(alert.key)?.isAlert) this.alerts.set(alert.key, alert);
    }
    this.count = Math.max(this.count, this.keys.size);
  }

  /** By event time, beside the other keys' and, where those are of now, the clock. */
  stateOf(view: KeyView, now: number): KeyState {
    const reference = Math.abs(now - this.#newest) < LIVE_MS ? now : this.#newest;
    const patience = Math.max(SILENT_MS, SILENT_INTERVALS * (view.intervalMs ?? 0));
    if (view.isAlert) return "alert";
    if (reference - view.time > patience) return "silent";
    return view.score === null ? "warming" : "ok";
  }

  counts(now: number): Record<KeyState, number> {
    const counts = { alert: 0, silent: 0, warming: 0, ok: 0 };
    for (const view of this.keys.values()) counts[this.stateOf(view, now)]++;
    return counts;
  }

  /** @param search part of the key, in any case, or a state's name */
  list(search: string, order: Order, now: number): KeyView[] {
    const wanted = search.trim().toLowerCase();
    const states = new Map([...this.keys.values()].map((view) => [view, this.stateOf(view, now)]));
    const found = [...states.keys()].filter(
      (view) => view.key.toLowerCase().includes(wanted) || (wanted !== "" && states.get(view) === wanted),
    );
    const byKey = (a: KeyView, b: KeyView) => COLLATOR.compare(a.key, b.key);
    const compare: Record<Order, (a: KeyView, b: KeyView) => number> = {
      key: byKey,
      state: (a, b) => RANK[states.get(a)!] - RANK[states.get(b)!] || byKey(a, b),
      score: (a, b) => (b.score ?? -1) - (a.score ?? -1) || byKey(a, b),
      newest: (a, b) => b.time - a.time || byKey(a, b),
    };
    return found.sort(compare[order]);
  }
}

const COLLATOR = new Intl.Collator("en", { numeric: true });
const RANK: Readonly<Record<KeyState, number>> = { alert: 0, silent: 1, warming: 2, ok: 3 };

function newView(key: string): KeyView {
  const nothing = { seq: 0, time: 0, value: null, score: null, isAlert: false, mutedUntil: 0 };
  return { key, ...nothing, spark: [], intervalMs: null };
}

function viewOf(row: KeyRow, known: KeyView | undefined): KeyView {
  const newer = known && known.seq > row.seq ? known : row;
  const { key, seq, time, value, score, isAlert, mutedUntil } = newer;
  return {
    key,
    seq,
    time,
    value,
    score,
    isAlert,
    mutedUntil,
    spark: [...row.spark],
    intervalMs: row.intervalMs,
  };
}
