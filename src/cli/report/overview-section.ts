import type { DeadLetterRow } from "../../store/index.js";
import { html, type Insert } from "./markup.js";
import { dataTable, isoTime, type Section, tiles } from "./page.js";
import type { Seen } from "./seen.js";
import { count, duration, share } from "./seen-sections.js";

export interface OverviewOptions {
  readonly seen: Seen;
  readonly prefix: string;
  /** Rows that were not stepped, where their reasons are not known one by one. */
  readonly noted?: number;
  readonly deadLetters?: { readonly count: number; readonly newest: readonly DeadLetterRow[] };
  /** The network in service. */
  readonly model?: string | undefined;
}

/** What was seen, in numbers. */
export function overviewSection({ seen, prefix, noted, deadLetters, model }: OverviewOptions): Section {
  const { keys, events, from, to, closeUps, notes, quality } = seen;
  const days = (to - from) / 86_400_000;
  const perKeyDay = closeUps.count / (days * keys.size);
  const first = quality[0];
  const duel = first?.duels.persistence;
  const skipped = noted ?? [...notes.values()].reduce((sum, one) => sum + one, 0);
  const numbers: [string, Insert][] = [
    ["events", count(events)],
    ["keys", count(keys.size)],
    ["from", isoTime(from)],
    ["to", isoTime(to)],
    ["time covered", events > 1 ? duration(to - from) : "–"],
    ["alerts raised", count(closeUps.count)],
    ["alerts a key and day", Number.isFinite(perKeyDay) ? perKeyDay.toFixed(2) : "–"],
    ["error beside persistence's", duel && duel.rival > 0 ? `${(duel.own / duel.rival).toFixed(2)} ×` : "–"],
    ["values within the band", first && first.banded > 0 ? share(first.within / first.banded) : "–"],
    ["not stepped", count(skipped)],
  ];
  if (deadLetters) numbers.push(["dead letters", count(deadLetters.count)]);
  if (model !== undefined) numbers.push(["network", model]);
  const reasons = [...notes].sort(([, a], [, b]) => b - a).map(([reason, n]) => [reason, count(n)]);
  const letters =
    deadLetters?.newest.map(({ arrival, topic, reason, detail }) => [
      isoTime(arrival),
      topic,
      reason,
      detail,
    ]) ?? [];
  const body = html`${tiles(numbers)}${
    reasons.length > 0 && dataTable("Rows that were not stepped", ["reason", "rows"], reasons)
  }${letters.length > 0 && dataTable("The newest dead letters", ["arrived", "topic ", "reason ", "detail "], letters)}`;
  return { id: `${prefix}overview`, title: "What was seen", body };
}
