import uPlot from "uplot";
import { color } from "./dom.js";
import { tick } from "./format.js";
import type { Series } from "./series.js";
import { timeTicks } from "./time-ticks.js";

/** Left of every plot, so that their times stand above each other; the heat map keeps it too. */
export const LEFT = 58;
export const RIGHT = 12;
const THRESHOLD = 0.5;

export interface ChartEvents {
  /** Somebody chose a range of x, seconds. */
  readonly onRange: (min: number, max: number) => void;
  readonly onReset: () => void;
  /** Index of the point under the cursor; null when it has left. */
  readonly onPoint: (index: number | null) => void;
}

/** Value against forecast, residual, score: three charts that share their times. */
export class Charts {
  readonly element = document.createElement("div");
  readonly #events: ChartEvents;
  readonly #holders: HTMLElement[];
  #plots: uPlot[] = [];
  #series: Series | undefined;
  #isOurs = false;

  constructor(events: ChartEvents) {
    this.#events = events;
    this.element.className = "charts";
    const titles = [
      "Value and forecast, with the band that should hold 95 %",
      "Residual",
      "Score, alerts from 0.5",
    ];
    this.#holders = titles.map((title) => {
      const figure = document.createElement("figure");
      const caption = document.createElement("figcaption");
      caption.textContent = title;
      const holder = document.createElement("div");
      figure.append(caption, holder);
      this.element.append(figure);
      return holder;
    });
    new ResizeObserver(() => this.#resize()).observe(this.element);
  }

  /** Draws anew: another key, another theme. */
  begin(series: Series): void {
    this.#series = series;
    for (const plot of this.#plots) plot.destroy();
    const { clientWidth } = this.element;
    const width = Math.max(240, clientWidth);
    const line = (label: string, stroke: string, more: Partial<uPlot.Series> = {}): uPlot.Series => ({
      label,
      stroke: color(stroke),
      width: 1.5,
      points: { show: false },
      ...more,
    });
    const edge = (label: string) => line(label, "--forecast", { width: 0 });
    this.#plots = [
      this.#plot(0, width, 240, {
        series: [{}, edge("upper"), edge("lower"), line("forecast", "--forecast"), line("value", "--line")],
        bands: [{ series: [1, 2], fill: color("--band") }],
      }),
      this.#plot(1, width, 90, { series: [{}, line("residual", "--line", { width: 1 })] }),
      this.#plot(2, width, 116, {
        series: [{}, line("score", "--line", { fill: color("--band") })],
        scales: { x: {}, y: { range: [0, 1] } },
      }),
    ];
    this.update();
  }

  /** Shows points that have come. */
  update(): void {
    const series = this.#series;
    const [values, residuals, scores] = this.#plots;
    if (!series || !values || !residuals || !scores) return;
    const { x, upper, lower, forecast, value, residual, score } = series;
    this.#isOurs = true;
    values.setData([x, upper, lower, forecast, value], false);
    residuals.setData([x, residual], false);
    scores.setData([x, score], false);
    this.#isOurs = false;
  }

  /** Shows these times, seconds. */
  range(min: number, max: number): void {
    this.#isOurs = true;
    for (const plot of this.#plots) plot.setScale("x", { min, max });
    this.#isOurs = false;
  }

  #resize(): void {
    const width = Math.max(240, this.element.clientWidth);
    for (const plot of this.#plots) if (plot.width !== width) plot.setSize({ width, height: plot.height });
  }

  #plot(index: number, width: number, height: number, own: Partial<uPlot.Options>): uPlot {
    const axis = {
      stroke: color("--muted"),
      grid: { stroke: color("--grid"), width: 1 },
      ticks: { stroke: color("--grid"), width: 1, size: 4 },
      font: "11px system-ui, sans-serif",
    };
    const options: uPlot.Options = {
      width,
      height,
      padding: [8, RIGHT, 0, 0],
      legend: { show: false },
      cursor: {
        sync: { key: "eddy" },
        points: { size: 6 },
        drag: { x: true, y: false, setScale: false },
        bind: {
          dblclick: () => () => {
            this.#events.onReset();
            return null;
          },
        },
      },
      axes: [
        index === 2
          ? { ...axis, space: 80, size: 26, values: timeTicks }
          : { ...axis, space: 80, size: 5, values: blank },
        { ...axis, size: LEFT, space: 26, values: (_, ticks) => ticks.map(tick) },
      ],
      hooks: {
        drawClear: [(plot) => this.#drawAlerts(plot)],
        draw: [(plot) => index === 2 && drawThreshold(plot)],
        setSelect: [(plot) => this.#onSelect(plot)],
        setCursor: [(plot) => index === 0 && this.#events.onPoint(plot.cursor.idx ?? null)],
      },
      series: [{}],
      ...own,
    };
    return new uPlot(options, [[]], this.#holders[index]!);
  }

  #onSelect(plot: uPlot): void {
    const { left, width } = plot.select;
    if (this.#isOurs || width < 4) return;
    this.#events.onRange(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  }

  #drawAlerts({ ctx, bbox, valToPos }: uPlot): void {
    const spans = this.#series?.alertSpans() ?? [];
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.fillStyle = color("--alert-area");
    for (const [from, to] of spans) {
      const left = valToPos(from, "x", true);
      ctx.fillRect(left, bbox.top, Math.max(2, valToPos(to, "x", true) - left), bbox.height);
    }
    ctx.restore();
  }
}

/** Times stand below the lowest chart only. */
function blank(_: uPlot, ticks: number[]): string[] {
  return ticks.map(() => "");
}

function drawThreshold({ ctx, bbox, valToPos }: uPlot): void {
  const y = Math.round(valToPos(THRESHOLD, "y", true)) + 0.5;
  ctx.save();
  ctx.strokeStyle = color("--alert");
  ctx.setLineDash([5, 4]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
