import { asStretches, KEY_LEGEND, keyPlot, LABEL_LEGEND } from "./key-plot.js";
import { html, type Insert } from "./markup.js";
import { dataTable, figure, isoTime, type Section } from "./page.js";
import { type Place, plot } from "./plot.js";
import { type KeyLabel, SCORE_BINS, type Seen, type SeenKey } from "./seen.js";
import { shortNumber } from "./ticks.js";

/** Keys that are drawn, and that are listed. */
const DRAWN = 8;
const LISTED = 200;
/** Targets that are drawn. */
const TARGETS = 4;

/** Keys with their courses; those with alerts first. */
export function keysSection(seen: Seen, prefix: string): Section {
  const all = [...seen.keys.values()].sort((a, b) => b.alerts - a.alerts || b.events - a.events);
  const drawn = all.filter(({ series }) => series.stretches.length > 1).slice(0, DRAWN);
  const rows = all
    .slice(0, LISTED)
    .map(({ key, events, from, to, alerts }) => [
      key,
      count(events),
      isoTime(from),
      isoTime(to),
      count(alerts),
    ]);
  const rest = all.length > rows.length ? `; the ${rows.length} with the most alerts, then events` : "";
  const body = html`${drawn.map((one) => keyFigure(one, seen))}${
    all.length > drawn.length &&
    html`<p class="muted">${drawn.length} of ${count(all.length)} keys are drawn.</p>`
  }${dataTable(`${counted(all.length, "key")}${rest}`, ["key", "events", "from", "to", "alerts"], rows)}`;
  return { id: `${prefix}keys`, title: "Keys", body };
}

function keyFigure({ key, series, events, alerts }: SeenKey, seen: Seen): Insert {
  const { stretches } = series;
  const width = stretches[0]?.count ?? 1;
  const caption = html`<strong>${key}</strong>: ${counted(events, "event")}, ${counted(alerts, "alert")}${
    width > 1 && `; each point of the plot is ${count(width)} events, with their extremes`
  }`;
  const labels = labelSpans(key, seen);
  const options = { key, targets: seen.targets.slice(0, TARGETS), stretches, labels };
  return figure(keyPlot(options), caption, legendOf(seen));
}

function labelSpans(key: string, { labels }: Seen): Place[] {
  return labels.filter((label) => label.key === key).map(({ from, to }): Place => [from, to]);
}

function legendOf({ labels, labelScore }: Seen): (readonly [string, string])[] {
  return labels.length > 0 || labelScore ? [...KEY_LEGEND, LABEL_LEGEND] : [...KEY_LEGEND];
}

/** Alerts: a list, and the highest scores from near. */
export function alertsSection(seen: Seen, prefix: string): Section {
  const { closeUps, labelScore } = seen;
  const { alerts, shown } = closeUps;
  const rows = [...alerts]
    .reverse()
    .map(({ key, since, to, score, detector, why }) => [
      isoTime(since),
      key,
      to === undefined ? "open" : duration(to - since),
      score.toFixed(2),
      detector,
      why,
    ]);
  const listed = alerts.length < closeUps.count ? `, the newest ${alerts.length} of them` : "";
  const body =
    closeUps.count === 0
      ? html`<p>None was raised.</p>`
      : html`${dataTable(`${counted(closeUps.count, "alert")}${listed}`, ["raised", "key ", "lasted", "score", "detector ", "why "], rows)}
<h3>Close-ups</h3><p class="muted">${
          shown.length < closeUps.count ? `The ${shown.length} with the highest scores, e` : "E"
        }very event around each.</p>${shown.map(({ alert, points }) => {
          const { key, since, why, score } = alert;
          const options = {
            key,
            targets: seen.targets.slice(0, TARGETS),
            stretches: asStretches(points),
            labels: labelSpans(key, seen),
          };
          const caption = html`<strong>${key}</strong>, ${isoTime(since)}, score ${score.toFixed(2)}: ${why}`;
          return figure(keyPlot(options), caption, legendOf(seen));
        })}`;
  const beside =
    labelScore &&
    html`<p>In ${count(labelScore.found)} of ${count(labelScore.stretches)} labelled stretches an alert was open; outside them ${count(labelScore.outside)} were raised.</p>`;
  return { id: `${prefix}alerts`, title: "Alerts", body: html`${beside}${body}` };
}

/** How scores are spread, and which detectors they come from. */
export function scoresSection(seen: Seen, prefix: string): Section {
  const { scores, detectors } = seen;
  const total = scores.reduce((sum, one) => sum + one, 0);
  if (total === 0)
    return { id: `${prefix}scores`, title: "Scores", body: html`<p>No event had a score.</p>` };
  const places = [...scores].flatMap((own, i): Place[] => {
    // Below one event there is nothing to draw on an axis of powers of ten.
    const y = own === 0 ? 0.5 : own;
    return [
      [i / SCORE_BINS, y],
      [(i + 1) / SCORE_BINS, y],
    ];
  });
  const spread = plot({
    title: "events by score",
    x: "number",
    xLabel: "events by score",
    height: 150,
    yScale: "log",
    layers: [
      { kind: "line", look: "score", places },
      { kind: "moments", look: "threshold", at: [0.5] },
    ],
  });
  const rows = [...detectors]
    .sort(([, a], [, b]) => b.alerts - a.alerts || b.events - a.events)
    .map(([name, own]) => [
      name,
      count(own.events),
      share(own.events / total),
      count(own.alerts),
      own.highest.toFixed(2),
    ]);
  const table =
    rows.length > 0
      ? dataTable(
          "Whose evidence was the strongest",
          ["detector", "events", "share", "alerts raised", "highest score"],
          rows,
        )
      : html`<p class="muted">Which detector spoke is not stored: <code>eddy replay --data DIR --report FILE.html</code> tells it.</p>`;
  const caption = `${count(total)} events with a score; where many lie close below the threshold, the alert rate is sensitive to it`;
  const body = html`${figure(spread, caption, [
    ["score", "events"],
    ["threshold", "threshold"],
  ])}${table}`;
  return { id: `${prefix}scores`, title: "Scores", body };
}

/** What people have said of stretches. */
export function labelsSection(labels: readonly KeyLabel[], prefix: string): Section[] {
  if (labels.length === 0) return [];
  const rows = labels
    .slice(-LISTED)
    .map(({ key, label, from, to, why }) => [
      key,
      label,
      isoTime(from),
      Number.isFinite(to) ? isoTime(to) : "–",
      why,
    ]);
  const body = dataTable(counted(labels.length, "label"), ["key", "label ", "from", "to", "why "], rows);
  return [{ id: `${prefix}labels`, title: "Labels", body }];
}

export function count(value: number): string {
  return value.toLocaleString("en-GB");
}

/** `1 alert`, `2 alerts`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

export function share(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return `${shortNumber(Number((100 * value).toPrecision(3)))} %`;
}

/** `12 s`, `5.2 min`, `3.1 h`, `2.0 days`. */
export function duration(ms: number): string {
  if (ms < 120_000) return `${shortNumber(Math.round(ms / 100) / 10)} s`;
  if (ms < 7_200_000) return `${(ms / 60_000).toFixed(1)} min`;
  if (ms < 172_800_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  return `${(ms / 86_400_000).toFixed(1)} days`;
}
