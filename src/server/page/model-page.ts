import uPlot from "uplot";
import type { LearningNews, LineageNode, PipelineInfo, Tuning } from "../wire.js";
import { api } from "./api.js";
import { color, h, toast } from "./dom.js";
import { count, moment, number, tick } from "./format.js";
import { lineageGraph, percent } from "./lineage-graph.js";

/** Fine-tunings that are drawn. */
const MOST = 200;

/** What forecasts: its cells and parameters, where it comes from, how it learns, what came and went and why. */
export class ModelPage {
  readonly element: HTMLElement;
  readonly #info: PipelineInfo;
  readonly #facts = h("dl", { class: "facts" });
  readonly #progress = h("div", { class: "progress", "aria-live": "polite" });
  readonly #graph = h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Lineage" });
  readonly #tunings = h("div", {});
  readonly #decisions = h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Decisions" });
  #plots: uPlot[] = [];
  #loading: number | undefined;

  constructor(info: PipelineInfo) {
    this.#info = info;
    const offers = new Set(info.commands);
    const ask = (command: string, text: string, done: string) =>
      offers.has(command)
        ? h("button", { type: "button", onclick: () => void this.#ask(command, {}, done) }, text)
        : undefined;
    this.element = h(
      "div",
      { class: "column" },
      h(
        "section",
        { class: "panel" },
        h(
          "div",
          { class: "head" },
          h("h1", {}, "Model"),
          h(
            "div",
            { class: "actions", role: "group", "aria-label": "Ask of the model" },
            ask("tune", "Fine-tune now", "Fine-tuning was asked for"),
            ask("rollback", "Roll back", "The network before is in service again"),
          ),
        ),
        this.#facts,
        this.#progress,
      ),
      h("section", { class: "panel" }, h("h2", {}, "Lineage"), this.#graph),
      h("section", { class: "panel" }, h("h2", {}, "Fine-tuning"), this.#tunings),
      h("section", { class: "panel" }, h("h2", {}, "Decisions"), this.#decisions),
    );
  }

  async begin(): Promise<void> {
    try {
      const [nodes, learning] = await Promise.all([
        api.checkpoints(this.#info.name),
        api.learning(this.#info.name),
      ]);
      this.#show(nodes);
      for (const news of learning.slice(-1)) this.#showProgress(news);
    } catch (error) {
      toast(`Cannot read the checkpoints: ${error}`, true);
    }
  }

  restyle(): void {
    void this.begin();
  }

  /** What the learner says as it happens; what it decided is read from the log a moment later. */
  learned(news: LearningNews): void {
    this.#showProgress(news);
    if (news.kind === "collecting" || news.kind === "progress") return;
    clearTimeout(this.#loading);
    this.#loading = window.setTimeout(() => void this.begin(), 500);
  }

  end(): void {
    clearTimeout(this.#loading);
  }

  #show(nodes: readonly LineageNode[]): void {
    const service = nodes.find(({ inService }) => inService);
    const fact = (name: string, value: string) => [h("dt", {}, name), h("dd", {}, value)];
    this.#facts.replaceChildren(
      ...fact("in service", service?.model ?? this.#info.model),
      ...fact("network", this.#info.network),
      ...fact("cells", service?.shape ?? "–"),
      ...fact("parameters", service?.parameters ? count(service.parameters) : "–"),
      ...fact(
        "forecasts",
        `${this.#info.targets.join(", ")}; ${this.#info.horizons.join(", ")} ${this.#info.horizons.at(-1) === 1 ? "step" : "steps"} ahead`,
      ),
      ...fact(
        "judged",
        service ? `${service.judged} times${service.verdict ? `: ${service.verdict}` : ""}` : "–",
      ),
    );
    const none = h("p", { class: "empty" }, "No network has come into service yet, none was rejected.");
    this.#graph.replaceChildren(nodes.length === 0 ? none : lineageGraph(nodes));
    this.#graph.scrollLeft = this.#graph.scrollWidth;
    this.#showTunings(nodes);
    this.#decisions.replaceChildren(this.#table(nodes));
  }

  #showProgress({ kind, why, progress, events, of }: LearningNews): void {
    const text =
      kind === "collecting"
        ? `Collects events for the first network: ${count(events ?? 0)} of ${count(of ?? 0)}`
        : kind === "training"
          ? `Trains on ${count(events ?? 0)} events`
          : kind === "progress"
            ? `Trains: ${Object.entries(progress ?? {})
                .map(
                  ([name, value]) => `${name} ${typeof value === "number" ? number(value) : String(value)}`,
                )
                .join(", ")}`
            : `Last: ${kind}${why ? `, ${why}` : ""}`;
    const bar =
      kind === "collecting" && of
        ? h("progress", { max: of, value: events ?? 0, "aria-label": "Events collected" })
        : undefined;
    this.#progress.replaceChildren(h("p", {}, text), ...(bar ? [bar] : []));
  }

  #showTunings(nodes: readonly LineageNode[]): void {
    for (const plot of this.#plots) plot.destroy();
    this.#plots = [];
    const tunings = nodes
      .flatMap(({ tunings }) => tunings)
      .flatMap(({ position, details }) =>
        details.tuning ? [{ position, details, tuning: details.tuning }] : [],
      )
      .slice(-MOST);
    const newest = tunings.at(-1);
    if (newest === undefined) {
      this.#tunings.replaceChildren(h("p", { class: "empty" }, "No fine-tuning yet."));
      return;
    }
    const { tuning, details } = newest;
    const advice = tuning.advice.map((words) => h("p", { class: "advice" }, words));
    const verdict = details.verdict;
    const last =
      `${tunings.length} fine-tunings; the newest: ${tuning.updates} updates, loss ${number(tuning.loss)}, ` +
      `gradient norm ${number(tuning.gradientNorm.median)} (largest ${number(tuning.gradientNorm.largest)}), ` +
      `${tuning.clipped} clipped, ${tuning.refused} refused${tuning.diverged ? "; it ran away and begins anew" : ""}` +
      (verdict
        ? `. Judged on ${verdict.count} events: errs ${percent(verdict.gain)} than what serves.`
        : ".");
    const holders = [h("div", {}), h("div", {}), h("div", {})];
    this.#tunings.replaceChildren(
      h("p", {}, last),
      ...advice,
      h("div", { class: "small-charts" }, ...holders.map((holder, i) => captioned(CAPTIONS[i]!, holder))),
    );
    const x = tunings.map(({ position }) => position);
    this.#plots = [
      plot(holders[0]!, x, [["loss", "--line", tunings.map(({ tuning }) => tuning.loss)]]),
      plot(holders[1]!, x, [
        ["median", "--line", tunings.map(({ tuning }) => tuning.gradientNorm.median)],
        ["largest", "--forecast", tunings.map(({ tuning }) => tuning.gradientNorm.largest)],
      ]),
      reachPlot(holders[2]!, tuning),
    ];
  }

  #table(nodes: readonly LineageNode[]): HTMLElement {
    const heading = ["network", "what", "event time", "instead of", "why", ""];
    const rows = [...nodes].reverse().map((node) => {
      const { model, address, kind, time, replaced, why, details, inService } = node;
      const canCome = this.#info.commands.includes("promote") && !inService && address !== null;
      const name = model ?? address ?? "–";
      const promote = (): void =>
        void this.#ask("promote", { model: model ?? address }, `${name} is in service`);
      return h(
        "tr",
        { class: inService ? "service" : undefined },
        h("th", { scope: "row" }, `${name}${inService ? " ●" : ""}`),
        h("td", {}, `${kind}${details.trigger ? ` (${details.trigger})` : ""}`),
        h("td", {}, moment(time)),
        h("td", {}, replaced ?? "–"),
        h("td", { class: "wide" }, why),
        h(
          "td",
          {},
          canCome &&
            h("button", { type: "button", "aria-label": `Promote ${name}`, onclick: promote }, "Promote"),
        ),
      );
    });
    if (rows.length === 0) return h("p", { class: "empty" }, "None yet.");
    return h(
      "table",
      {},
      h(
        "thead",
        {},
        h("tr", {}, ...heading.map((text) => (text ? h("th", { scope: "col" }, text) : h("td")))),
      ),
      h("tbody", {}, ...rows),
    );
  }

  async #ask(command: string, body: object, done: string): Promise<void> {
    const answer = await api.request(this.#info.name, command, body);
    if (answer.ok) toast(done);
    else toast(answer.error.message, true);
    if (answer.ok) void this.begin();
  }
}

const CAPTIONS = [
  "Loss, by place in the stream (usual steps)",
  "Gradient norm before clipping: median, largest",
  "How far back gradients reach: |dL/dh| by steps back, of the newest",
];

function captioned(caption: string, holder: HTMLElement): HTMLElement {
  return h("figure", {}, h("figcaption", {}, caption), holder);
}

type Line = readonly [label: string, stroke: string, values: readonly (number | null)[]];

function plot(holder: HTMLElement, x: readonly number[], lines: readonly Line[], isLog = false): uPlot {
  const axis = {
    stroke: color("--muted"),
    grid: { stroke: color("--grid"), width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
  };
  const options: uPlot.Options = {
    width: Math.max(220, holder.clientWidth),
    height: 150,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, ...(isLog ? { distr: 3 as const, log: 2 as const } : {}) } },
    axes: [
      { ...axis, space: 60, size: 24 },
      { ...axis, size: 52, space: 26, values: (_, ticks) => ticks.map(tick) },
    ],
    series: [
      {},
      ...lines.map(([label, stroke]) => ({
        label,
        stroke: color(stroke),
        width: 1.5,
        points: { show: true, size: 4 },
      })),
    ],
  };
  return new uPlot(
    options,
    [x as number[], ...lines.map(([, , values]) => values as (number | null)[])],
    holder,
  );
}

function reachPlot(holder: HTMLElement, { layers }: Tuning): uPlot {
  // Distance 0 has no place on a logarithmic axis: steps are counted from 1.
  const x = (layers[0]?.distances ?? []).map((distance) => distance + 1);
  const strokes = ["--line", "--forecast", "--muted"];
  const lines = layers.map(({ norms }, i): Line => [`layer ${i + 1}`, strokes[i % 3]!, norms]);
  return plot(holder, x, lines, true);
}
