import { html, type Markup } from "./markup.js";
import { type Layer, type Place, plot } from "./plot.js";
import type { Point, Stretch } from "./thinned.js";

/** What the colours of a key's plots mean. */
export const KEY_LEGEND = [
  ["value", "value"],
  ["forecast", "forecast"],
  ["band", "band that should hold 95 % of the values"],
  ["score", "score"],
  ["threshold", "threshold"],
  ["alert", "alert open"],
] as const;

export const LABEL_LEGEND = ["labelled", "labelled"] as const;

export interface KeyPlotOptions {
  readonly key: string;
  readonly targets: readonly string[];
  readonly stretches: readonly Stretch[];
  /** Stretches of time that somebody labelled, ms. */
  readonly labels: readonly Place[];
}

/** One key's course: value against forecast for every target, and below the score. */
export function keyPlot({ key, targets, stretches, labels }: KeyPlotOptions): Markup {
  const end = stretches.at(-1)?.to ?? 0;
  const alerts = spansOf(stretches, ({ isAlert }) => isAlert);
  const own = spansOf(stretches, ({ isLabelled }) => isLabelled);
  const back: Layer[] = [
    {
      kind: "spans",
      look: "labelled",
      spans: [...own, ...labels.map(([from, to]): Place => [from, Math.min(to, end)])],
    },
    { kind: "spans", look: "alert", spans: alerts },
  ];
  return html`${targets.map((target, i) =>
    plot({
      title: `${target} of ${key}: value, forecast and band over time`,
      x: "time",
      xLabel: target,
      height: 170,
      layers: [...back, ...targetLayers(stretches, i)],
    }),
  )}${scorePlot(key, stretches, back)}`;
}

function targetLayers(stretches: readonly Stretch[], target: number): Layer[] {
  const at = ({ from, to }: Stretch) => (from + to) / 2;
  const side = (which: "lower" | "upper" | "forecast") =>
    stretches.map((one): Place => [at(one), one.targets[target]![which]]);
  return [
    { kind: "band", look: "band", low: side("lower"), high: side("upper") },
    { kind: "line", look: "forecast", places: side("forecast") },
    {
      kind: "line",
      look: "value",
      places: stretches.flatMap((one): Place[] => {
        const { least, most } = one.targets[target]!;
        return least === most
          ? [[at(one), least]]
          : [
              [one.from, least],
              [one.to, most],
            ];
      }),
    },
  ];
}

function scorePlot(key: string, stretches: readonly Stretch[], back: readonly Layer[]): Markup | string {
  const places = stretches.map(({ from, to, score }): Place => [(from + to) / 2, score]);
  if (places.every(([, score]) => Number.isNaN(score))) return "";
  return plot({
    title: `score of ${key} over time, with the threshold at 0.5`,
    x: "time",
    xLabel: "score",
    height: 90,
    y: [0, 1],
    layers: [...back, { kind: "level", look: "threshold", at: 0.5 }, { kind: "line", look: "score", places }],
  });
}

/** Neighbours for which something holds, as spans of time. */
function spansOf(stretches: readonly Stretch[], holds: (one: Stretch) => boolean): Place[] {
  const spans: [number, number][] = [];
  let isOpen = false;
  for (const one of stretches) {
    const last = spans.at(-1);
    if (holds(one) && isOpen && last) last[1] = one.to;
    else if (holds(one)) spans.push([one.from, one.to]);
    isOpen = holds(one);
  }
  return spans;
}

/** Single rows as stretches of one. */
export function asStretches(points: readonly Point[]): Stretch[] {
  return points.map(({ time, values, forecasts, lowers, uppers, score, isAlert, isLabelled }) => ({
    from: time,
    to: time,
    count: 1,
    score,
    isAlert,
    isLabelled,
    targets: values.map((value, i) => ({
      least: value,
      most: value,
      forecast: forecasts[i]!,
      forecasts: 1,
      lower: lowers[i]!,
      upper: uppers[i]!,
    })),
  }));
}
