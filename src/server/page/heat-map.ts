import { LEFT, RIGHT } from "./charts.js";
import { color, h, setText } from "./dom.js";

/** States that are kept, the newest: five minutes at four a second. */
const MOST = 1200;
/** A state stands until the next, but not longer than this many times the usual wait. */
const LONGEST = 6;

/** The hidden state over time: a row per unit, blue below 0, red above. Colours are those of -1 to 1. */
export class HeatMap {
  readonly element: HTMLElement;
  readonly #canvas = h("canvas", { role: "img", "aria-label": "Hidden state: units by time" });
  readonly #caption = h("figcaption");
  #states: { readonly x: number; readonly units: readonly number[] }[] = [];

  constructor() {
    this.element = h("figure", { class: "heat" }, this.#caption, this.#canvas);
    this.#say();
  }

  clear(): void {
    this.#states = [];
    this.#say();
    this.draw(0, 1);
  }

  add(timeMs: number, units: readonly number[]): void {
    if (this.#states.length > 0 && this.#states.at(-1)!.units.length !== units.length) this.#states = [];
    this.#states.push({ x: timeMs / 1000, units });
    if (this.#states.length > MOST) this.#states.shift();
    this.#say();
  }

  #say(): void {
    const units = this.#states.at(-1)?.units.length;
    const what =
      units === undefined ? "comes with the network's next step" : `${units} units by time, −1 to 1`;
    setText(this.#caption, `Hidden state: ${what}; since this key was opened`);
  }

  /** @param min of x, seconds @param max of x */
  draw(min: number, max: number): void {
    const width = Math.floor(this.element.clientWidth - LEFT - RIGHT);
    const units = this.#states.at(-1)?.units.length ?? 1;
    const context = this.#canvas.getContext("2d");
    if (!context || width < 10) return;
    this.#canvas.width = width;
    this.#canvas.height = units;
    this.#canvas.style.height = `${Math.min(220, Math.max(72, units * 4))}px`;
    const image = context.createImageData(width, units);
    const [low, zero, high] = ["--heat-low", "--heat-zero", "--heat-high"].map((name) => rgb(color(name)));
    const patience = LONGEST * this.#usualWait();
    let at = 0;
    for (let px = 0; px < width; px++) {
      const x = min + ((px + 0.5) / width) * (max - min);
      while (at + 1 < this.#states.length && this.#states[at + 1]!.x <= x) at++;
      const state = this.#states[at];
      if (state === undefined || state.x > x || x - state.x > patience) continue;
      for (let unit = 0; unit < units; unit++) {
        const value = Math.max(-1, Math.min(1, state.units[unit] ?? 0));
        const end = value < 0 ? low! : high!;
        const share = Math.abs(value);
        const to = 4 * (unit * width + px);
        for (let c = 0; c < 3; c++) image.data[to + c] = zero![c]! + share * (end[c]! - zero![c]!);
        image.data[to + 3] = 255;
      }
    }
    context.putImageData(image, 0, 0);
  }

  /** Seconds. */
  #usualWait(): number {
    const waits = this.#states.slice(-20).map(({ x }, i, all) => (i === 0 ? 0 : x - all[i - 1]!.x));
    waits.sort((a, b) => a - b);
    return Math.max(0.25, waits[waits.length >> 1] ?? 1);
  }
}

function rgb(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
