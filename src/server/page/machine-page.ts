import type { DeadLetterView, MachineFrame, PipelineInfo } from "../wire.js";
import { api } from "./api.js";
import { color, h, setText, toast } from "./dom.js";
import { bytes, count, duration, moment } from "./format.js";
import { drawSpark } from "./spark.js";

/** Frames that the curves show: two minutes. */
const MOST = 120;

interface Tile {
  readonly title: string;
  /** For the curve. */
  readonly pick: (frame: MachineFrame, before: MachineFrame | undefined) => number | null;
  readonly text: (frame: MachineFrame, value: number | null) => string;
}

const rate = (frame: MachineFrame, before: MachineFrame | undefined): number | null =>
  before && frame.time > before.time
    ? ((frame.events - before.events) * 1000) / (frame.time - before.time)
    : null;

const TILES: readonly Tile[] = [
  {
    title: "Events a second",
    pick: rate,
    text: (_, value) => (value === null ? "–" : value.toFixed(value < 10 ? 1 : 0)),
  },
  { title: "Lag of event time", pick: ({ lagMs }) => lagMs, text: ({ lagMs }) => duration(lagMs) },
  {
    title: "Arrival to disk: p50 / p99",
    pick: ({ latency }) => latency.p99Ms,
    text: ({ latency }) => `${duration(latency.p50Ms)} / ${duration(latency.p99Ms)}`,
  },
  {
    title: "Commit: p50 / p99",
    pick: ({ commit }) => commit.p99Ms,
    text: ({ commit }) => `${duration(commit.p50Ms)} / ${duration(commit.p99Ms)}`,
  },
  {
    title: "Event thread busy",
    pick: ({ busy }) => busy,
    text: ({ busy }) => `${(100 * busy).toFixed(0)} %`,
  },
  { title: "Memory", pick: ({ memoryBytes }) => memoryBytes, text: ({ memoryBytes }) => bytes(memoryBytes) },
  {
    title: "Data on disk",
    pick: ({ storeBytes }) => storeBytes,
    text: ({ storeBytes }) => bytes(storeBytes),
  },
  {
    title: "Not yet stepped",
    pick: ({ waiting }) => waiting,
    text: ({ waiting }) => `${count(waiting)} packets`,
  },
  {
    title: "Not yet published",
    pick: ({ unpublished }) => unpublished,
    text: ({ unpublished }) => `${count(unpublished)} rows`,
  },
  {
    title: "Not yet on disk",
    pick: ({ uncommitted }) => uncommitted,
    text: ({ uncommitted }) => `${count(uncommitted)} batches`,
  },
  {
    title: "Dropped or left out",
    pick: (frame) => dropped(frame),
    text: (frame) => `${count(dropped(frame))} events`,
  },
  {
    title: "Dead letters",
    pick: ({ deadLetters }) => deadLetters,
    text: ({ deadLetters }) => count(deadLetters),
  },
  {
    title: "Alerts raised",
    pick: ({ alertsRaised }) => alertsRaised,
    text: ({ alertsRaised }) => count(alertsRaised),
  },
];

function dropped({ events, stepped, shed }: MachineFrame): number {
  return events - stepped + shed;
}

/** How the process fares: rates, latencies, memory, and what could not be used, with its payloads. */
export class MachinePage {
  readonly element: HTMLElement;
  readonly #info: PipelineInfo;
  readonly #frames: MachineFrame[];
  readonly #about = h("p", { class: "muted" });
  readonly #tiles = TILES.map(() => ({
    text: h("dd", {}),
    curve: h("canvas", { "aria-hidden": "true" }),
  }));
  readonly #reasons = h("p", {});
  readonly #letters = h("div", {});
  #lettersShown = -1;

  /** @param frames those that came before, shared: they are added to elsewhere */
  constructor(info: PipelineInfo, frames: MachineFrame[]) {
    this.#info = info;
    this.#frames = frames;
    this.element = h(
      "div",
      { class: "column" },
      h(
        "section",
        { class: "panel" },
        h("h1", {}, "Machine"),
        this.#about,
        h(
          "div",
          { class: "tiles" },
          ...TILES.map(({ title }, i) =>
            h(
              "dl",
              { class: "tile" },
              h("dt", {}, title),
              this.#tiles[i]!.text,
              h("dd", {}, this.#tiles[i]!.curve),
            ),
          ),
        ),
      ),
      h(
        "section",
        { class: "panel" },
        h("h2", {}, "Dropped events and dead letters"),
        this.#reasons,
        this.#letters,
      ),
    );
  }

  async begin(): Promise<void> {
    this.update();
    await this.#loadLetters();
  }

  restyle(): void {
    this.update();
  }

  update(): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    const { status, upSeconds, events, reasons, deadLetters } = frame;
    setText(
      this.#about,
      `${status.state}: ${status.why}; up ${duration(upSeconds * 1000)}, ${count(events)} events`,
    );
    const stroke = color("--line");
    for (const [i, { pick, text }] of TILES.entries()) {
      const values = this.#frames.map((one, j) => pick(one, this.#frames[j - 1]));
      setText(this.#tiles[i]!.text, text(frame, values.at(-1) ?? null));
      drawSpark(this.#tiles[i]!.curve, values, stroke);
    }
    const named = Object.entries(reasons).map(([reason, times]) => `${reason} ${count(times)}`);
    setText(
      this.#reasons,
      named.length === 0 ? "None since the start." : `Since the start: ${named.join(", ")}.`,
    );
    if (this.#lettersShown >= 0 && deadLetters !== this.#lettersShown) void this.#loadLetters();
  }

  async #loadLetters(): Promise<void> {
    try {
      this.#lettersShown = this.#frames.at(-1)?.deadLetters ?? 0;
      const letters = await api.deadLetters(this.#info.name);
      this.#letters.replaceChildren(...letters.map(letter));
    } catch (error) {
      toast(`Cannot read the dead letters: ${error}`, true);
    }
  }
}

/** Adds a frame to those that are kept. */
export function keepFrame(frames: MachineFrame[], frame: MachineFrame): void {
  frames.push(frame);
  if (frames.length > MOST) frames.shift();
}

/** Of the newest two frames. */
export function eventsPerSecond(frames: readonly MachineFrame[]): string {
  const last = frames.at(-1);
  const value = last === undefined ? null : rate(last, frames.at(-2));
  return value === null ? "" : `${value >= 100 ? count(value) : value.toFixed(1)} events/s`;
}

function letter({
  id,
  reason,
  detail,
  topic,
  arrival,
  bytes: size,
  payload,
  isText,
  isCut,
}: DeadLetterView): HTMLElement {
  const how = `${isText ? "" : "hexadecimal, "}${bytes(size)}${isCut ? ", cut" : ""}`;
  return h(
    "details",
    { class: "letter" },
    h(
      "summary",
      {},
      h("strong", {}, reason),
      h("code", {}, topic),
      h("span", {}, detail),
      h("span", { class: "muted" }, `${moment(arrival)}, number ${id}`),
    ),
    h("p", { class: "muted" }, how),
    h("pre", { tabindex: 0, "aria-label": `Payload of dead letter ${id}` }, payload),
  );
}
