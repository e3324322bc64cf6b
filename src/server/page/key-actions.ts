import type { PipelineInfo } from "../wire.js";
import { api } from "./api.js";
import { h, toast } from "./dom.js";

/** How long a button that destroys something waits for its second click, ms. */
const SURE_MS = 4000;

/** What can be said of a key, and asked for it: labels, reset, mute. Only what the pipeline takes is offered. */
export class KeyActions {
  readonly element: HTMLElement;
  readonly #info: PipelineInfo;
  readonly #key: string;
  readonly #mute: HTMLElement;
  readonly #unmute: HTMLElement;
  readonly #range: () => { readonly min: number; readonly max: number } | undefined;

  /** @param range what is looked at, seconds; undefined while the stream is followed */
  constructor(
    info: PipelineInfo,
    key: string,
    range: () => { readonly min: number; readonly max: number } | undefined,
  ) {
    this.#info = info;
    this.#key = key;
    this.#range = range;
    const offers = new Set(info.commands);
    const length = h(
      "select",
      { "aria-label": "Mute for" },
      ...["10m", "1h", "8h", "24h"].map((text) =>
        h("option", { value: text, selected: text === "1h" }, text),
      ),
    );
    this.#mute = h(
      "span",
      { class: "joined" },
      this.#button("Mute", "Raise no alerts of this key for a while", () =>
        this.#ask("mute", { key, for: length.value }, `${key} is muted for ${length.value}`),
      ),
      length,
    );
    this.#unmute = this.#button("Unmute", "Raise alerts of this key again", () =>
      this.#ask("mute", { key, for: "0s" }, `${key} is no longer muted`),
    );
    this.#unmute.hidden = true;
    const children = [
      ...(offers.has("label")
        ? [
            this.#button("False alarm", "It was usual: the newest alert, or what the charts show", () =>
              this.#label("false-alarm"),
            ),
            this.#button("Missed", "It was unusual and raised no alert: what the charts show, or now", () =>
              this.#label("missed"),
            ),
            this.#button(
              "Normal from here",
              "This is how things are now: from the left edge of the charts, or now",
              () => this.#label("normal-from-here"),
            ),
          ]
        : []),
      ...(offers.has("reset") ? [this.#resetButton()] : []),
      ...(offers.has("mute") ? [this.#mute, this.#unmute] : []),
    ];
    this.element = h(
      "div",
      { class: "actions", role: "toolbar", "aria-label": "Say what this was" },
      ...children,
    );
    this.element.hidden = children.length === 0;
  }

  /** One of the two makes sense. */
  showMuted(isMuted: boolean): void {
    this.#mute.hidden = isMuted;
    this.#unmute.hidden = !isMuted;
  }

  #button(text: string, title: string, onclick: () => void): HTMLButtonElement {
    return h("button", { type: "button", title, onclick }, text);
  }

  #label(label: "false-alarm" | "missed" | "normal-from-here"): Promise<void> {
    const range = this.#range();
    const times = range && {
      from: Math.round(range.min * 1000),
      ...(label === "normal-from-here" ? {} : { to: Math.round(range.max * 1000) }),
    };
    return this.#ask("label", { key: this.#key, label, ...times }, `${this.#key}: labelled ${label}`);
  }

  /** Forgetting can't be undone: it is asked twice. */
  #resetButton(): HTMLButtonElement {
    let isSure = false;
    const button = this.#button(
      "Reset state",
      "Forget the hidden state, scales and detectors of this key",
      () => {
        if (isSure) void this.#ask("reset", { key: this.#key }, `${this.#key} begins anew`);
        isSure = !isSure;
        button.textContent = isSure ? "Really reset?" : "Reset state";
        if (isSure) setTimeout(() => settle(), SURE_MS);
      },
    );
    const settle = (): void => {
      isSure = false;
      button.textContent = "Reset state";
    };
    return button;
  }

  async #ask(command: string, body: object, done: string): Promise<void> {
    const answer = await api.request(this.#info.name, command, body);
    if (answer.ok) toast(done);
    else toast(answer.error.message, true);
  }
}
