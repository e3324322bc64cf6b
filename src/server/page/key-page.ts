import type { LiveFrame, PipelineInfo } from "../wire.js";
import { api } from "./api.js";
import type { Board } from "./board.js";
import { Charts } from "./charts.js";
import { h, setText, toast } from "./dom.js";
import { duration, moment, number, score } from "./format.js";
import { HeatMap } from "./heat-map.js";
import { KeyActions } from "./key-actions.js";
import { STATES } from "./key-list.js";
import { Series } from "./series.js";

/** Points that a chart begins with. */
const SHOWN = 300;
/** Shortest range that can be zoomed into, seconds. */
const SHORTEST = 0.5;

/** One key: value against forecast, residual, score, hidden state; back through what is stored; what to say of it. */
export class KeyPage {
  readonly element: HTMLElement;
  readonly #info: PipelineInfo;
  readonly #board: Board;
  readonly #key: string;
  readonly #title: HTMLElement;
  readonly #readout = h("p", { class: "readout" });
  readonly #where = h("span", { class: "where" });
  readonly #liveButton: HTMLButtonElement;
  readonly #charts: Charts;
  readonly #heat = new HeatMap();
  readonly #actions: KeyActions;
  #series = new Series();
  #target = 0;
  #range: { min: number; max: number } | undefined;
  #span = 30;
  #isLoading = false;
  #isGone = false;
  #point: number | null = null;

  constructor(
    info: PipelineInfo,
    board: Board,
    key: string,
    onTarget: (target: number) => void,
    back: string,
  ) {
    this.#info = info;
    this.#board = board;
    this.#key = key;
    this.#title = h("p", { class: "state" });
    this.#charts = new Charts({
      onRange: (min, max) => this.#show(min, max),
      onReset: () => this.#goLive(),
      onPoint: (index) => {
        this.#point = index;
        this.#read();
      },
    });
    const button = (text: string, label: string, onclick: () => void) =>
      h("button", { type: "button", "aria-label": label, title: label, onclick }, text);
    this.#liveButton = button("Live", "Live: follow the stream", () => this.#goLive());
    this.#actions = new KeyActions(info, key, () => this.#range);
    const plots = h(
      "div",
      {
        class: "plots",
        role: "group",
        tabindex: 0,
        "aria-label": "Charts. Arrow keys move through time, plus and minus zoom, L follows the stream",
        onkeydown: (event: KeyboardEvent) => this.#onKey(event),
        onwheel: (event: WheelEvent) => this.#onWheel(event),
      },
      this.#charts.element,
      this.#heat.element,
    );
    this.element = h(
      "article",
      { class: "panel key" },
      h(
        "div",
        { class: "head" },
        h("a", { class: "back", href: back }, "← All keys"),
        h("h2", {}, key),
        this.#title,
        this.#targets(onTarget),
      ),
      h(
        "div",
        { class: "bar-of-tools" },
        this.#actions.element,
        h(
          "div",
          { class: "times", role: "toolbar", "aria-label": "Time" },
          button("◀", "Earlier", () => this.#pan(-0.5)),
          button("▶", "Later", () => this.#pan(0.5)),
          button("−", "Show more time", () => this.#zoom(2)),
          button("+", "Show less time", () => this.#zoom(0.5)),
          this.#liveButton,
          this.#where,
        ),
      ),
      this.#readout,
      plots,
    );
  }

  /** In the page already: charts need their width. */
  async begin(): Promise<void> {
    this.#charts.begin(this.#series);
    await this.#load();
  }

  end(): void {
    this.#isGone = true;
  }

  restyle(): void {
    this.#charts.begin(this.#series);
    this.#redraw();
  }

  take({ points, hidden }: LiveFrame): void {
    if (hidden) this.#heat.add(hidden.time, hidden.units);
    if (points && this.#series.length > 0) this.#series.append(points);
    if (points) this.#redraw();
  }

  /** After a pause of the stream: what was missed is read. */
  async reload(): Promise<void> {
    if (this.#series.length > 0) await this.#load();
  }

  update(now: number): void {
    const view = this.#board.keys.get(this.#key);
    if (view === undefined) return;
    const state = this.#board.stateOf(view, now);
    const { mark, word } = STATES[state];
    this.#title.dataset["state"] = state;
    const muted = view.mutedUntil > 0 ? `, muted until ${moment(view.mutedUntil)}` : "";
    setText(this.#title, `${mark} ${word}${muted}`);
    this.#actions.showMuted(view.mutedUntil > 0);
  }

  async #load(): Promise<void> {
    try {
      const history = await api.history(this.#info.name, this.#key, this.#target);
      if (this.#isGone) return;
      const last = this.#series.position.at(-1);
      // A hole would look like something that happened: then the charts begin anew.
      if (last !== undefined && (history.points[0]?.[0] ?? 0) > last) this.#series = new Series();
      if (this.#series.length === 0) this.#series.isComplete = history.isComplete;
      this.#series.append(history.points);
      this.#span = this.#series.spanOf(SHOWN);
      this.#charts.begin(this.#series);
      this.#redraw();
    } catch (error) {
      toast(`Cannot read the history of ${this.#key}: ${error}`, true);
    }
  }

  #targets(onTarget: (target: number) => void): HTMLElement | undefined {
    const { targets } = this.#info;
    if (targets.length < 2) return h("p", { class: "muted target" }, targets[0] ?? "");
    const change = (event: Event): void => {
      this.#target = Number((event.target as HTMLSelectElement).value);
      this.#series = new Series();
      onTarget(this.#target);
      void this.#load();
    };
    return h(
      "select",
      { "aria-label": "Target", onchange: change },
      ...targets.map((name, i) => h("option", { value: i }, name)),
    );
  }

  #bounds(): { min: number; max: number } {
    if (this.#range) return this.#range;
    const max = this.#series.lastX ?? Date.now() / 1000;
    return { min: max - this.#span, max };
  }

  #redraw(): void {
    const { min, max } = this.#bounds();
    this.#charts.update();
    this.#charts.range(min, max);
    this.#heat.draw(min, max);
    this.#liveButton.setAttribute("aria-pressed", String(this.#range === undefined));
    setText(this.#where, `${moment(min * 1000)} – ${moment(max * 1000)}, ${duration((max - min) * 1000)}`);
    this.#read();
  }

  /** What stands under the cursor, or came last. */
  #read(): void {
    const s = this.#series;
    const i = this.#point ?? s.length - 1;
    if (i < 0 || i >= s.length) return;
    const text = [
      moment(s.x[i]! * 1000),
      `value ${number(s.value[i])}`,
      `forecast ${number(s.forecast[i])}`,
      `band ${number(s.lower[i])} to ${number(s.upper[i])}`,
      `residual ${number(s.residual[i])}`,
      `score ${score(s.score[i] ?? null)}`,
    ].join("   ");
    setText(this.#readout, text);
  }

  #show(min: number, max: number): void {
    const middle = (min + max) / 2;
    const half = Math.max(SHORTEST, max - min) / 2;
    const last = this.#series.lastX ?? max;
    this.#range = { min: middle - half, max: middle + half };
    if (this.#range.min >= last) this.#range = { min: last - 2 * half, max: last };
    this.#redraw();
    void this.#loadOlder();
  }

  #goLive(): void {
    this.#range = undefined;
    this.#span = this.#series.spanOf(SHOWN);
    this.#redraw();
  }

  #pan(share: number): void {
    const { min, max } = this.#bounds();
    const by = share * (max - min);
    this.#show(min + by, max + by);
  }

  #zoom(factor: number, at = 0.5): void {
    const { min, max } = this.#bounds();
    // While it follows the stream, its end stays.
    if (this.#range === undefined) {
      this.#span = Math.max(SHORTEST, this.#span * factor);
      this.#redraw();
      void this.#loadOlder();
      return;
    }
    const middle = min + at * (max - min);
    this.#show(middle - (middle - min) * factor, middle + (max - middle) * factor);
  }

  #onKey(event: KeyboardEvent): void {
    const actions: Record<string, () => void> = {
      ArrowLeft: () => this.#pan(-0.2),
      ArrowRight: () => this.#pan(0.2),
      "+": () => this.#zoom(0.5),
      "=": () => this.#zoom(0.5),
      "-": () => this.#zoom(2),
      l: () => this.#goLive(),
    };
    const action = event.ctrlKey || event.metaKey ? undefined : actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  /** Sideways pans, with Ctrl (as a pinch comes) zooms; down the page scrolls. */
  #onWheel(event: WheelEvent): void {
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (event.ctrlKey) {
      event.preventDefault();
      const box = this.#charts.element.getBoundingClientRect();
      this.#zoom(event.deltaY > 0 ? 1.25 : 0.8, (event.clientX - box.left) / box.width);
    } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      event.preventDefault();
      this.#pan(sideways / 1000);
    }
  }

  /** Reads back as far as is looked at. */
  async #loadOlder(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      while (!this.#isGone && !this.#series.isComplete && this.#bounds().min < (this.#series.x[0] ?? 0)) {
        const before = this.#series.length;
        const first = this.#series.first;
        if (first === undefined) return;
        const { points, isComplete } = await api.history(this.#info.name, this.#key, this.#target, first);
        this.#series.prepend(points);
        this.#series.isComplete ||= isComplete;
        if (this.#series.length === before) return;
        this.#redraw();
      }
    } catch (error) {
      toast(`Cannot read older events: ${error}`, true);
    } finally {
      this.#isLoading = false;
    }
  }
}
