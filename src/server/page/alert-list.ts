import type { AlertNews } from "../wire.js";
import type { Board } from "./board.js";
import { h } from "./dom.js";
import { duration, moment } from "./format.js";

/** More than these would push the keys off the page. */
const MOST = 50;

/** Open alerts, on top of everything; nothing where there are none. */
export class AlertList {
  readonly element = h("section", { class: "panel alerts", "aria-label": "Open alerts" });
  readonly #board: Board;
  readonly #onChoose: (key: string) => void;
  #shown = "?";

  constructor(board: Board, onChoose: (key: string) => void) {
    this.#board = board;
    this.#onChoose = onChoose;
  }

  update(): void {
    const alerts = [...this.#board.alerts.values()].sort((a, b) => b.since - a.since);
    const now = JSON.stringify(alerts);
    if (now === this.#shown) return;
    this.#shown = now;
    this.element.hidden = alerts.length === 0;
    const more = alerts.length > MOST ? ` (the newest ${MOST} are shown)` : "";
    this.element.replaceChildren(
      h("h2", {}, `${alerts.length} open ${alerts.length === 1 ? "alert" : "alerts"}${more}`),
      h("ul", {}, ...alerts.slice(0, MOST).map((alert) => h("li", {}, this.#button(alert)))),
    );
  }

  #button({ key, since, time, why }: AlertNews): HTMLElement {
    const how = time > since ? `for ${duration(time - since)}, ` : "";
    return h(
      "button",
      { type: "button", onclick: () => this.#onChoose(key) },
      h("strong", {}, key),
      h("span", { class: "why" }, why),
      h("span", { class: "muted" }, `${how}since ${moment(since)}`),
    );
  }
}
