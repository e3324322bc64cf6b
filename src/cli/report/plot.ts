import { html, type Markup } from "./markup.js";
import { numberTicks, type Tick, timeTicks } from "./ticks.js";

/** A point of a line: x and y in the units of the axes; NaN breaks the line. */
export type Place = readonly [x: number, y: number];

/** What is drawn, from behind to before. */
export type Layer =
  | { readonly kind: "line"; readonly look: string; readonly places: readonly Place[] }
  | {
      readonly kind: "band";
      readonly look: string;
      readonly low: readonly Place[];
      readonly high: readonly Place[];
    }
  | { readonly kind: "spans"; readonly look: string; readonly spans: readonly Place[] }
  | { readonly kind: "level"; readonly look: string; readonly at: number }
  | { readonly kind: "moments"; readonly look: string; readonly at: readonly number[] };

export interface PlotOptions {
  /** What it shows, for those who can't see it. */
  readonly title: string;
  readonly layers: readonly Layer[];
  readonly x: "time" | "number";
  /** Below the axis. */
  readonly xLabel?: string;
  /** Marks of the x axis; default: what fits. */
  readonly xTicks?: readonly Tick[];
  readonly height: number;
  /** Both ends of the y axis; default: what the layers need. */
  readonly y?: Place;
  readonly yScale?: "linear" | "log";
}

const WIDTH = 860;
const LEFT = 58;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 22;

/** A plot as inline SVG. It scales with the page; colours come from the page's style, by the layers' looks. */
export function plot(options: PlotOptions): Markup {
  const { layers, height, title } = options;
  const log = options.yScale === "log";
  const view = log ? layers.map(logarithmic) : layers;
  const [x0, x1] = extent(view.flatMap(xsOf), 0);
  const [y0, y1] = options.y ?? extent(view.flatMap(ysOf), log ? 0 : 0.06);
  const right = WIDTH - RIGHT;
  const floor = height - BOTTOM;
  const place: Scale = {
    x: (x) => LEFT + ((x - x0) / (x1 - x0)) * (right - LEFT),
    y: (y) => floor - ((y - y0) / (y1 - y0)) * (floor - TOP),
    top: TOP,
    floor,
    left: LEFT,
    right,
  };
  const xTicks = options.xTicks ?? (options.x === "time" ? timeTicks(x0, x1, 7) : numberTicks(x0, x1, 8));
  const yTicks = log ? logTicks(y0, y1) : numberTicks(y0, y1, Math.max(2, height / 30));
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">${[
    yTicks.map((tick) => yMark(tick, place)),
    xTicks.map((tick) => xMark(tick, place)),
    options.xLabel === undefined
      ? ""
      : html`<text class="axis" x="${right}" y="${TOP + 10}" text-anchor="end">${options.xLabel}</text>`,
    view.map((layer) => drawn(layer, place)),
  ]}</svg>`;
}

interface Scale {
  readonly x: (x: number) => number;
  readonly y: (y: number) => number;
  readonly top: number;
  readonly floor: number;
  readonly left: number;
  readonly right: number;
}

function drawn(layer: Layer, scale: Scale): Markup {
  const { x, y, top, floor, left, right } = scale;
  switch (layer.kind) {
    case "line":
      return html`<path class="${layer.look}" d="${pathOf(layer.places, scale)}"/>`;
    case "band":
      return html`<path class="${layer.look}" d="${bandOf(layer.low, layer.high, scale)}"/>`;
    case "level":
      return html`<path class="${layer.look}" d="M${left} ${short(y(layer.at))}H${right}"/>`;
    case "moments":
      return html`<path class="${layer.look}" d="${layer.at.map((at) => `M${short(x(at))} ${top}V${floor}`).join("")}"/>`;
    case "spans":
      return html`<path class="${layer.look}" d="${layer.spans
        .map(([from, to]) => {
          // What lasts no longer than a pixel is to be seen too.
          const width = Math.max(x(to) - x(from), 1.5);
          return `M${short(x(from))} ${top}h${short(width)}V${floor}h${short(-width)}Z`;
        })
        .join("")}"/>`;
  }
}

function pathOf(places: readonly Place[], { x, y }: Scale): string {
  let isBroken = true;
  const parts = places.map(([px, py]) => {
    if (Number.isNaN(py)) {
      isBroken = true;
      return "";
    }
    const part = `${isBroken ? "M" : "L"}${short(x(px))} ${short(y(py))}`;
    isBroken = false;
    return part;
  });
  return parts.join("");
}

/** One closed outline for each run in which both sides are known. */
function bandOf(low: readonly Place[], high: readonly Place[], scale: Scale): string {
  const outlines: string[] = [];
  let from = 0;
  const close = (to: number): void => {
    if (to > from) {
      const around = [...high.slice(from, to), ...low.slice(from, to).reverse()];
      outlines.push(`${pathOf(around, scale)}Z`);
    }
    from = to + 1;
  };
  for (const [i, [, y]] of low.entries()) if (Number.isNaN(y) || Number.isNaN(high[i]?.[1])) close(i);
  close(low.length);
  return outlines.join("");
}

function yMark({ at, label }: Tick, { y, left, right }: Scale): Markup {
  return html`<path class="grid" d="M${left} ${short(y(at))}H${right}"/><text class="axis" x="${left - 6}" y="${short(y(at) + 4)}" text-anchor="end">${label}</text>`;
}

function xMark({ at, label }: Tick, { x, top, floor }: Scale): Markup {
  return html`<path class="grid" d="M${short(x(at))} ${top}V${floor}"/><text class="axis" x="${short(x(at))}" y="${floor + 15}" text-anchor="middle">${label}</text>`;
}

function xsOf(layer: Layer): number[] {
  switch (layer.kind) {
    case "line":
      return layer.places.map(([x]) => x);
    case "band":
      return layer.low.map(([x]) => x);
    default:
      return [];
  }
}

function ysOf(layer: Layer): number[] {
  switch (layer.kind) {
    case "line":
      return layer.places.map(([, y]) => y);
    case "band":
      return [...layer.low, ...layer.high].map(([, y]) => y);
    case "level":
      return [layer.at];
    default:
      return [];
  }
}

/** Least and greatest of what is finite, with some air; never empty. */
function extent(all: readonly number[], air: number): [number, number] {
  const finite = all.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const least = finite.reduce((a, b) => Math.min(a, b));
  const most = finite.reduce((a, b) => Math.max(a, b));
  if (least === most)
    return [least - Math.max(Math.abs(least) * 0.01, 0.5), most + Math.max(Math.abs(most) * 0.01, 0.5)];
  return [least - air * (most - least), most + air * (most - least)];
}

/** Heights as powers of ten; what is not above 0 is left out. */
function logarithmic(layer: Layer): Layer {
  const lift = (places: readonly Place[]) =>
    places.map(([x, y]): Place => [x, y > 0 ? Math.log10(y) : Number.NaN]);
  if (layer.kind === "line") return { ...layer, places: lift(layer.places) };
  if (layer.kind === "band") return { ...layer, low: lift(layer.low), high: lift(layer.high) };
  return layer.kind === "level" ? { ...layer, at: Math.log10(layer.at) } : layer;
}

function logTicks(from: number, to: number): Tick[] {
  if (to - from < 1) {
    return numberTicks(from, to, 4).map(({ at }) => ({ at, label: (10 ** at).toPrecision(2) }));
  }
  return numberTicks(from, to, 5)
    .filter(({ at }) => Number.isInteger(at))
    .map(({ at }) => ({
      at,
      label: at >= -2 && at <= 3 ? String(Number((10 ** at).toPrecision(1))) : `1e${at}`,
    }));
}

/** A tenth of a pixel is fine enough. */
function short(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 10) / 10) : "0";
}
