import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import { alertText } from "./alert-list.js";
import type { DemoState } from "./demo-state.js";
import { phaseOf, phaseText } from "./phase.js";
import { perSecond } from "./rate.js";
import { ageOf, counted, timeOfDay } from "./show.js";
import { renderDemo } from "./view.js";

/** What a screen needs of an output stream: `process.stdout`, or a test's own. */
export interface ScreenStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

export interface ScreenOptions {
  /** Default: what the terminal can and NO_COLOR allows. */
  readonly color?: boolean;
  readonly timeZone?: string;
}

/** Where the demo is shown; its owner draws as often as it likes (five times a second is plenty). */
export interface Screen {
  /** True on a terminal, where frames are drawn in place. */
  readonly isLive: boolean;
  draw(state: DemoState): void;
  /** A line for people that stays (a warning): above the frame, or in its turn. */
  note(text: string): void;
  /** Leaves the last frame standing and the terminal as it was. */
  close(): void;
}

/** A terminal gets frames in place, a pipe or a file plain lines without a single control character. */
export function screen(stream: ScreenStream, options: ScreenOptions = {}): Screen {
  return stream.isTTY ? new LiveScreen(stream, options) : new LineScreen(stream, options);
}

const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const CLEAR_LINE = "\x1b[2K";
const CLEAR_BELOW = "\x1b[J";

/** Draws over the frame before: the cursor goes up as many rows as it took, so the scrollback stays. */
class LiveScreen implements Screen {
  readonly isLive = true;
  readonly #stream: ScreenStream;
  readonly #options: ScreenOptions;
  readonly #redraw = (): void => this.#write("");
  readonly #restore = (): void => void this.#stream.write(SHOW_CURSOR);
  #frame: readonly string[] = [];
  #state: DemoState | undefined;

  constructor(stream: ScreenStream, options: ScreenOptions) {
    this.#stream = stream;
    this.#options = options;
    stream.on("resize", this.#redraw);
    // Whatever ends the process, nobody should be left without a cursor.
    process.once("exit", this.#restore);
    stream.write(HIDE_CURSOR);
  }

  draw(state: DemoState): void {
    this.#state = state;
    this.#write("");
  }

  note(text: string): void {
    this.#write(`${CLEAR_LINE}${plain(text)}\n`);
  }

  close(): void {
    this.#stream.off("resize", this.#redraw);
    process.off("exit", this.#restore);
    this.#stream.write(SHOW_CURSOR);
  }

  #write(above: string): void {
    const { columns = 80, rows = 24 } = this.#stream;
    // A terminal that became narrower has wrapped the lines of the frame before.
    const height = this.#frame.reduce((sum, line) => sum + wrappedRows(line, columns), 0);
    const up = height > 0 ? `\x1b[${height}A\r` : "";
    const color = this.#options.color ?? pc.isColorSupported;
    const { timeZone } = this.#options;
    this.#frame = this.#state
      ? renderDemo(this.#state, { columns, rows, color, ...(timeZone && { timeZone }) }).split("\n")
      : [];
    // One write: no half frame is ever seen. A line is cleared before it is written, since after a full one
    // the cursor still stands on its last column.
    const lines = this.#frame.map((line) => `${CLEAR_LINE}${line}\n`).join("");
    this.#stream.write(`${up}${above}${lines}${CLEAR_BELOW}`);
  }
}

function wrappedRows(line: string, columns: number): number {
  return Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns));
}

const SUMMARY_MS = 5_000;

/** One line per alert, and one every five seconds that says how it goes. */
class LineScreen implements Screen {
  readonly isLive = false;
  readonly #stream: ScreenStream;
  readonly #timeZone: string | undefined;
  #shown = 0;
  #summary = Number.NaN;

  constructor(stream: ScreenStream, options: ScreenOptions) {
    this.#stream = stream;
    this.#timeZone = options.timeZone;
  }

  draw(state: DemoState): void {
    for (const line of state.lines.filter(({ number }) => number > this.#shown).reverse()) {
      const truth = line.state === "raised" ? ` (simulated: ${line.simulated})` : "";
      this.#line(line.time, `${line.state} ${line.pump}: ${alertText(line)}${truth}`);
      this.#shown = line.number;
    }
    if (Number.isNaN(this.#summary)) this.#summary = state.startedAt;
    if (state.now - this.#summary < SUMMARY_MS) return;
    this.#summary = state.now;
    this.#line(state.now, summaryOf(state));
  }

  note(text: string): void {
    this.#stream.write(`${plain(text)}\n`);
  }

  close(): void {}

  #line(time: number, text: string): void {
    this.#stream.write(`${timeOfDay(time, this.#timeZone)}  ${plain(text)}\n`);
  }
}

function summaryOf(state: DemoState): string {
  const rate = perSecond(state.rate, state.now) ?? 0;
  const warming = state.pumps.filter(({ score }) => score === null).length;
  const open = state.pumps.flatMap(({ name, alert }) =>
    alert ? [`${name} for ${ageOf(state.now - alert.since)}`] : [],
  );
  return [
    `${rate.toFixed(1)} events/s`,
    counted(state.predictions, "prediction"),
    counted(state.alerts, "alert"),
    phaseText(phaseOf(state)),
    ...(warming > 0 ? [`${warming} of ${state.pumps.length} pumps warming up`] : []),
    ...(open.length > 0 ? [`open: ${open.join(", ")}`] : []),
  ].join(", ");
}

/** Colours and control characters have no place in what is kept. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, " ");
}
