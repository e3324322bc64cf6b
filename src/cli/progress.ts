import { type Clock, problem, systemClock } from "../core/index.js";
import { filledBar } from "./bar.js";

/** What progress needs of an output stream: standard error, or a test's own. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface ProgressOptions {
  readonly label: string;
  /** How much there is to do; undefined where nobody knows. */
  readonly total: number | undefined;
  /** Plural: `rows`, `events`. */
  readonly unit: string;
  /** Says nothing at all (`--json`). */
  readonly silent?: boolean;
  readonly clock?: Clock;
}

export interface Progress {
  /** @param done so far, of the total */
  update(done: number, note?: string): void;
  /** Ends the bar with a last line; what is written afterwards begins on a line of its own. */
  done(note?: string): void;
}

const BAR_COLUMNS = 24;
/** A terminal is redrawn no more often than this. */
const REDRAW_MS = 100;
/** Without a terminal and a total: a line this often. */
const LINE_MS = 5_000;

/**
 * Shows how far long work has come: a bar with the time left on a terminal, elsewhere a plain line at every
 * tenth (without a total: every 5 s). Write it to standard error, so that results stay apart.
 *
 * @throws RangeError code `BAD_TOTAL`
 */
export function progress(stream: ProgressStream, options: ProgressOptions): Progress {
  const { label, total, unit, clock = systemClock } = options;
  if (total !== undefined && !(total >= 0 && Number.isFinite(total))) {
    throw problem(RangeError, {
      code: "BAD_TOTAL",
      action: "show the progress of",
      on: JSON.stringify(label),
      expected: "a total of 0 or more",
      found: String(total),
    });
  }
  if (options.silent) return { update: () => {}, done: () => {} };

  const started = clock.now();
  const isLive = stream.isTTY === true;
  let shown = -Infinity;
  let tenth = 0;
  let last = 0;

  const amount = (done: number): string =>
    total === undefined ? `${done} ${unit}` : `${done} of ${total} ${unit}`;
  const share = (done: number): number => (total === undefined ? Number.NaN : total === 0 ? 1 : done / total);
  const join = (parts: readonly string[]): string => parts.filter((part) => part !== "").join("  ");

  const timeLeft = (done: number): string => {
    const elapsed = clock.now() - started;
    if (total === undefined || done <= 0 || done >= total || elapsed <= 0) return "";
    return `${duration((elapsed * (total - done)) / done)} left`;
  };

  const draw = (done: number, note: string): void => {
    const bar = total === undefined ? "" : filledBar(share(done), BAR_COLUMNS).padEnd(BAR_COLUMNS, "░");
    const parts = [bar && `${bar} ${percent(share(done))}`, amount(done), timeLeft(done), note];
    stream.write(`\r\x1b[2K${join([label, ...parts]).slice(0, (stream.columns ?? 80) - 1)}`);
  };

  const line = (done: number, note: string): void => {
    const parts = [total === undefined ? "" : percent(share(done)), amount(done), timeLeft(done), note];
    stream.write(`${label}: ${parts.filter((part) => part !== "").join(", ")}\n`);
  };

  return {
    update(done, note = "") {
      last = done;
      const now = clock.now();
      if (isLive) {
        if (now - shown < REDRAW_MS && done !== total) return;
        shown = now;
        draw(done, note);
      } else if (total === undefined) {
        if (now - Math.max(shown, started) < LINE_MS) return;
        shown = now;
        line(done, note);
      } else {
        const reached = Math.floor(share(done) * 10);
        if (reached <= tenth) return;
        tenth = reached;
        line(done, note);
      }
    },
    done(note) {
      const seconds = duration(clock.now() - started);
      const end = `${label}: ${note ?? `${amount(last)} in ${seconds}`}\n`;
      stream.write(isLive ? `\r\x1b[2K${end}` : end);
    },
  };
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

/** `12 s`, `3 min 05 s`, `2 h 07 min`. */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const pad = (value: number) => String(value).padStart(2, "0");
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${pad(Math.floor(seconds / 60) % 60)} min`;
}
