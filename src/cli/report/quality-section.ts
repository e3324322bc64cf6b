import type { Duel, ForecastQuality, Rival } from "./forecast-quality.js";
import { html, type Insert } from "./markup.js";
import { dataTable, figure, type Section } from "./page.js";
import { type Place, plot } from "./plot.js";
import type { Seen } from "./seen.js";
import { count, share } from "./seen-sections.js";
import { shortNumber } from "./ticks.js";

const RIVAL_WORDS: Readonly<Record<Rival, string>> = {
  persistence: "persistence (the value that was known last)",
  "a day before": "same time a day before",
  "a week before": "same time a week before",
};

/** How far forecasts were off, beside what anybody could have guessed; a target after the other. */
export function qualitySection(seen: Seen, prefix: string): Section {
  const judged = seen.quality.filter(({ duels }) => duels.persistence.count > 0);
  const ahead = seen.steps === 1 ? "one event" : `${seen.steps} events`;
  const body =
    judged.length === 0
      ? html`<p>No event had a forecast.</p>`
      : html`<p class="muted">Forecasts made ${ahead} ahead, in the target's own unit, each rival on the events for which both had a guess. Times before are means of a quarter of an hour.</p>${seen.quality.map(
          (quality, i) =>
            quality.duels.persistence.count > 0 && targetQuality(quality, seen.targets[i] ?? ""),
        )}`;
  return { id: `${prefix}forecasts`, title: "Forecasts", body };
}

function targetQuality(quality: ForecastQuality, target: string): Insert {
  const { duels, byModel, course, banded, within } = quality;
  const rivals = Object.entries(duels).flatMap(([name, duel]) =>
    duel.count > 0 ? [duelRow(RIVAL_WORDS[name as Rival], duel)] : [],
  );
  const models = [...byModel].map(([name, duel]) => duelRow(name, duel));
  const line = (which: "own" | "rival") =>
    course.map(({ position, duel }): Place => [position, duel[which] / duel.count]);
  const head = (first: string, whose: string) => [
    first,
    "events",
    "MAE of Eddy",
    `MAE of ${whose}`,
    "RMSE of Eddy",
    `RMSE of ${whose}`,
    "MAE ratio",
  ];
  return html`<h3>${target}</h3>${figure(
    plot({
      title: `mean absolute error of ${target} over events, Eddy and persistence`,
      x: "number",
      xLabel: "mean absolute error, by event",
      height: 150,
      layers: [
        { kind: "line", look: "other", places: line("rival") },
        { kind: "line", look: "forecast", places: line("own") },
      ],
    }),
    banded > 0 &&
      `The band that should hold 95 % of the values held ${share(within / banded)} of ${count(banded)}.`,
    [
      ["forecast", "Eddy"],
      ["other", "persistence"],
    ],
  )}${dataTable(`${target}: beside what anybody could have guessed`, head("guess", "the guess"), rivals)}${dataTable(
    `${target}: by the network in service`,
    head("network", "persistence"),
    models,
  )}`;
}

function duelRow(name: string, { count: events, own, ownSquared, rival, rivalSquared }: Duel): string[] {
  const rms = (sum: number) => shortNumber(Math.sqrt(sum / events));
  return [
    name,
    count(events),
    shortNumber(own / events),
    shortNumber(rival / events),
    rms(ownSquared),
    rms(rivalSquared),
    rival > 0 ? (own / rival).toFixed(2) : "–",
  ];
}
