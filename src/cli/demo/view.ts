import pc from "picocolors";
import { filledBar } from "../bar.js";
import { alertHead, alertList } from "./alert-list.js";
import type { DemoState } from "./demo-state.js";
import { type Drawing, GAP, justified, type Line, WIDE } from "./drawing.js";
import { phaseOf, phaseText } from "./phase.js";
import { pumpTable } from "./pump-table.js";
import { perSecond } from "./rate.js";
import { clockOf, counted } from "./show.js";
import { type Span, textLine } from "./text-line.js";

export interface ViewOptions {
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
  /** IANA name; undefined: this machine's. */
  readonly timeZone?: string;
}

/**
 * One frame of the demo, at most `rows - 1` lines of at most `columns` columns, without a line end at its
 * end: header, a line per pump, the last alerts with what was really simulated, how to go on. Where there
 * is too little room the oldest alerts go first, then the footer.
 */
export function renderDemo(state: DemoState, options: ViewOptions): string {
  const { columns, timeZone } = options;
  const drawing: Drawing = { state, columns, colors: pc.createColors(options.color), timeZone };
  const above = [...header(drawing), [], ...pumpTable(drawing), [], alertHead(drawing)];
  const below = [[], ...footer(drawing)];
  const room = options.rows - 1 - above.length - below.length;
  const alerts = alertList(drawing).slice(0, Math.max(1, room));
  const lines = [...above, ...alerts, ...(room < 1 ? [] : below)];
  return lines
    .slice(0, Math.max(1, options.rows - 1))
    .map((line) => textLine(line, columns))
    .join("\n");
}

function header(drawing: Drawing): Line[] {
  const { state, columns, colors } = drawing;
  const { setup } = state;
  const rate = perSecond(state.rate, state.now);
  const numbers = [
    ...(rate === undefined ? [] : [`${rate.toFixed(1)} events/s`]),
    ...(columns < WIDE ? [] : [counted(state.predictions, "prediction")]),
    `up ${clockOf(state.now - state.startedAt)}`,
  ].join(GAP);
  const title: Line = [
    [" eddy demo", colors.bold],
    [`${GAP}${setup.pipeline} on `],
    [setup.broker, colors.cyan],
  ];
  return [justified(title, [[numbers, colors.bold]], columns), phaseLine(drawing)];
}

function phaseLine({ state, columns, colors }: Drawing): Line {
  const phase = phaseOf(state);
  const text = phaseText(phase);
  switch (phase.kind) {
    case "waiting":
      return [[` ○ ${text}`, colors.dim]];
    case "trouble":
      return [[` ! ${text}`, colors.yellow]];
    case "training":
      return [[" ◐ ", colors.yellow], [text], [`${GAP}forecasts are naive until then`, colors.dim]];
    case "learning": {
      const width = Math.min(30, columns - text.length - 6);
      const filled = width < 5 ? "" : filledBar(phase.done / phase.of, width);
      const rest = width < 5 ? "" : "░".repeat(width - filled.length);
      return [[" ◌ ", colors.yellow], [text + GAP], [filled, colors.yellow], [rest, colors.dim]];
    }
    case "in service": {
      const { learning } = state;
      const isNews = learning?.what === "checkpoint" || learning?.what === "rejected";
      return [[" ● ", colors.green], [text], [isNews ? `${GAP}${learning.why}` : "", colors.dim]];
    }
  }
}

function footer({ state, columns, colors }: Drawing): Line[] {
  const end: Span = [" Ctrl-C ends; start again to go on where it stopped", colors.dim];
  const subscribe: Line = [
    [" subscribe: ", colors.dim],
    [subscription(state.setup.broker), colors.cyan],
  ];
  const { dashboard } = state.setup;
  const open: Line[] =
    dashboard === undefined
      ? []
      : [
          [
            [" in a browser: ", colors.dim],
            [dashboard, colors.cyan],
          ],
        ];
  const rest = columns >= WIDE + 10 ? [[end, [" ·", colors.dim] as Span, ...subscribe]] : [[end], subscribe];
  return [...open, ...rest];
}

/** The command by which anybody can listen. */
function subscription(broker: string): string {
  const url = URL.canParse(broker) ? new URL(broker) : undefined;
  const isHere = url === undefined || ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  const host = isHere ? "" : `-h ${url.hostname} `;
  return `mosquitto_sub ${host}-p ${url?.port || "1883"} -t 'eddy/#' -v`;
}
