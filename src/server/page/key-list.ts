import type { Board, KeyState, KeyView, Order } from "./board.js";
import { color, h, setText } from "./dom.js";
import { number, score } from "./format.js";
import { drawSpark } from "./spark.js";

export const STATES: Readonly<Record<KeyState, { readonly mark: string; readonly word: string }>> = {
  alert: { mark: "▲", word: "alert" },
  silent: { mark: "○", word: "silent" },
  warming: { mark: "◔", word: "warming up" },
  ok: { mark: "●", word: "ok" },
};

const ROW = 34;
/** Rows beyond the edges that are there already when one scrolls. */
const MARGIN = 4;
/** The order is made anew this often, ms: rows that jump can't be read. */
const ORDER_EVERY = 1000;

interface Row {
  readonly element: HTMLElement;
  readonly mark: HTMLElement;
  readonly name: HTMLElement;
  readonly spark: HTMLCanvasElement;
  readonly value: HTMLElement;
  readonly score: HTMLElement;
  readonly bar: HTMLElement;
}

/** All keys: only the rows that can be seen exist, so that thousands cost no more than thirty. */
export class KeyList {
  readonly element: HTMLElement;
  readonly #board: Board;
  readonly #onChoose: (key: string) => void;
  readonly #scroller: HTMLElement;
  readonly #sizer: HTMLElement;
  readonly #summary: HTMLElement;
  readonly #rows: Row[] = [];
  #views: readonly KeyView[] = [];
  #search = "";
  #order: Order = "state";
  #orderedAt = Number.NEGATIVE_INFINITY;
  #chosen: string | undefined;

  constructor(board: Board, onChoose: (key: string) => void) {
    this.#board = board;
    this.#onChoose = onChoose;
    this.#sizer = h("div", { class: "sizer", role: "presentation" });
    this.#scroller = h(
      "div",
      {
        class: "rows",
        role: "listbox",
        tabindex: 0,
        "aria-label": "Keys",
        id: "keys",
        onscroll: () => this.#draw(),
        onkeydown: (event: KeyboardEvent) => this.#onKey(event),
      },
      this.#sizer,
    );
    this.#summary = h("p", { class: "summary" });
    const search = h("input", {
      type: "search",
      placeholder: "Search keys or states",
      "aria-label": "Search keys or states",
      "aria-controls": "keys",
      oninput: (event: Event) => this.#find((event.target as HTMLInputElement).value),
    });
    const order = h(
      "select",
      {
        "aria-label": "Sort keys by",
        onchange: (event: Event) => this.#sort((event.target as HTMLSelectElement).value as Order),
      },
      ...(["state", "score", "key", "newest"] as const).map((name) =>
        h("option", { value: name }, `by ${name}`),
      ),
    );
    this.element = h(
      "section",
      { class: "panel list", "aria-label": "All keys" },
      h("div", { class: "tools" }, search, order),
      this.#summary,
      this.#scroller,
    );
    new ResizeObserver(() => this.#draw()).observe(this.#scroller);
  }

  choose(key: string | undefined): void {
    this.#chosen = key;
    this.#draw();
  }

  /** Shows what the board holds now. */
  update(now = Date.now()): void {
    if (performance.now() - this.#orderedAt >= ORDER_EVERY) this.#arrange(now);
    this.#draw(now);
  }

  #find(search: string): void {
    this.#search = search;
    this.#scroller.scrollTop = 0;
    this.#arrange(Date.now());
    this.#draw();
  }

  #sort(order: Order): void {
    this.#order = order;
    this.#arrange(Date.now());
    this.#draw();
  }

  #arrange(now: number): void {
    this.#orderedAt = performance.now();
    this.#views = this.#board.list(this.#search, this.#order, now);
    const { alert, silent, warming, ok } = this.#board.counts(now);
    const parts = [`${ok} ok`, `${warming} warming up`, `${alert} in alert`, `${silent} silent`];
    const more = this.#board.count > this.#board.keys.size ? `, of ${this.#board.count}` : "";
    const keys = `${this.#board.keys.size} ${this.#board.keys.size === 1 ? "key" : "keys"}`;
    const named = parts.filter((part) => !part.startsWith("0 "));
    setText(this.#summary, [`${keys}${more}`, ...named].join(" · "));
    this.#sizer.style.height = `${this.#views.length * ROW}px`;
  }

  #draw(now = Date.now()): void {
    const { clientHeight, scrollTop } = this.#scroller;
    const from = Math.max(0, Math.floor(scrollTop / ROW) - MARGIN);
    const to = Math.min(this.#views.length, Math.ceil((scrollTop + clientHeight) / ROW) + MARGIN);
    while (this.#rows.length < to - from) this.#rows.push(this.#makeRow());
    const colors = { alert: color("--alert"), other: color("--line") };
    for (const [i, row] of this.#rows.entries()) {
      const view = this.#views[from + i];
      row.element.hidden = view === undefined || from + i >= to;
      if (view && !row.element.hidden) this.#fill(row, view, from + i, now, colors);
    }
    const chosen = this.#views.findIndex(({ key }) => key === this.#chosen);
    if (chosen >= from && chosen < to)
      this.#scroller.setAttribute("aria-activedescendant", `row-${chosen - from}`);
    else this.#scroller.removeAttribute("aria-activedescendant");
  }

  #fill(row: Row, view: KeyView, at: number, now: number, colors: { alert: string; other: string }): void {
    const { element } = row;
    const state = this.#board.stateOf(view, now);
    element.style.transform = `translateY(${at * ROW}px)`;
    element.dataset["key"] = view.key;
    setAttribute(element, "data-state", state);
    setAttribute(element, "aria-selected", String(view.key === this.#chosen));
    setAttribute(element, "aria-posinset", String(at + 1));
    setAttribute(element, "aria-setsize", String(this.#views.length));
    setText(row.mark, STATES[state].mark);
    const isMuted = view.mutedUntil > 0;
    const word = isMuted ? `${STATES[state].word}, muted` : STATES[state].word;
    setAttribute(row.mark, "aria-label", word);
    setAttribute(row.mark, "title", word);
    setAttribute(element, "data-muted", String(isMuted));
    setText(row.name, view.key);
    setText(row.value, number(view.value));
    setText(row.score, score(view.score));
    row.bar.style.transform = `scaleX(${Math.min(1, view.score ?? 0)})`;
    drawSpark(row.spark, view.spark, state === "alert" ? colors.alert : colors.other);
  }

  #makeRow(): Row {
    const mark = h("span", { class: "mark", role: "img" });
    const name = h("span", { class: "name" });
    const spark = h("canvas", { "aria-hidden": "true", "data-width": 84, "data-height": 22 });
    const value = h("span", { class: "value" });
    const bar = h("span", { class: "bar", "aria-hidden": "true" });
    const scoreText = h("span", {});
    const element = h(
      "div",
      { class: "row", role: "option", id: `row-${this.#rows.length}` },
      mark,
      name,
      spark,
      value,
      h("span", { class: "score" }, scoreText, h("span", { class: "gauge", "aria-hidden": "true" }, bar)),
    );
    element.addEventListener("click", () => this.#onChoose(element.dataset["key"] ?? ""));
    this.#sizer.append(element);
    return { element, mark, name, spark, value, score: scoreText, bar };
  }

  #onKey(event: KeyboardEvent): void {
    const { length } = this.#views;
    const at = this.#views.findIndex(({ key }) => key === this.#chosen);
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / ROW) - 1);
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? 0 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: length - 1,
    };
    const wanted = moves[event.key];
    if (wanted === undefined || length === 0) return;
    event.preventDefault();
    const next = Math.min(length - 1, Math.max(0, wanted));
    this.#scrollTo(next);
    this.#onChoose(this.#views[next]!.key);
  }

  #scrollTo(index: number): void {
    const { scrollTop, clientHeight } = this.#scroller;
    if (index * ROW < scrollTop) this.#scroller.scrollTop = index * ROW;
    else if ((index + 1) * ROW > scrollTop + clientHeight)
      this.#scroller.scrollTop = (index + 1) * ROW - clientHeight;
  }
}

function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
