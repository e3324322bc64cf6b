import { filledBar } from "../bar.js";
import { sparkline } from "../spark.js";
import type { PumpState } from "./demo-state.js";
import { clause, type Drawing, GAP, type Line, nameWidth } from "./drawing.js";
import { ageOf, shortNumber } from "./show.js";
import { padded, type Span } from "./text-line.js";

const NUMBER = 6;
const BAND = 11;
const SCORE = 8;
/** The sparkline gets at least this, the state at least and at most that, in columns. */
const SPARK = 14;
const STATE = { least: 18, most: 58 } as const;
const CELLS = 60;

interface Widths {
  readonly name: number;
  readonly spark: number;
  readonly state: number;
}

/** A head and a line per pump: value, look ahead and its band, score, the last seconds, state. */
export function pumpTable(drawing: Drawing): Line[] {
  const { state, colors } = drawing;
  const widths = widthsOf(drawing);
  const head = [
    ` ${padded("", widths.name)}`,
    `${state.setup.unit.padStart(NUMBER)}${"next".padStart(NUMBER)}`,
    "95 % band".padStart(BAND),
    padded("score", SCORE),
    widths.spark >= 9 ? `last ${widths.spark} s` : "",
  ].join(GAP);
  return [[[head, colors.dim]], ...state.pumps.map((pump) => pumpLine(pump, widths, drawing))];
}

/** What is over 80 columns goes to the state first, then to the sparkline. */
function widthsOf({ state, columns }: Drawing): Widths {
  const name = nameWidth(state);
  const free = columns - 1 - name - 2 * NUMBER - BAND - SCORE - 5 * GAP.length;
  const stateWidth = Math.min(STATE.most, Math.max(STATE.least, free - SPARK));
  return { name, state: stateWidth, spark: Math.min(CELLS, Math.max(0, free - stateWidth)) };
}

function pumpLine(pump: PumpState, widths: Widths, drawing: Drawing): Line {
  const { colors } = drawing;
  const { next, alert } = pump;
  const band =
    next && next.lower !== null ? `${shortNumber(next.lower, next.upper)} – ${shortNumber(next.upper)}` : "";
  return [
    [
      ` ${padded(pump.name, widths.name)}${GAP}`,
      alert ? (text) => colors.bold(colors.red(text)) : colors.bold,
    ],
    [shortNumber(pump.value).padStart(NUMBER)],
    [shortNumber(next?.forecast).padStart(NUMBER), colors.cyan],
    [`${GAP}${band.padStart(BAND)}${GAP}`, colors.dim],
    ...scoreBar(pump.score, drawing),
    [GAP],
    ...spark(pump, widths.spark, drawing),
    [GAP],
    pumpState(pump, widths.state, drawing),
  ];
}

/** The mark in the middle is 0.5, where an alert becomes due. */
function scoreBar(score: number | null, { colors }: Drawing): Line {
  if (score === null) return [[" ".repeat(SCORE)]];
  const filled = filledBar(score, SCORE);
  const paint = score >= 0.5 ? colors.red : score >= 0.3 ? colors.yellow : colors.green;
  return [
    [filled, paint],
    ["····┊···".slice(filled.length), colors.dim],
  ];
}

/** Unusual seconds are red, or an exclamation mark where there is no colour. A block is a span: one column. */
function spark(pump: PumpState, width: number, { colors }: Drawing): Line {
  const cells = width > 0 ? pump.cells.slice(-width) : [];
  const blocks = sparkline(
    cells.map(({ value }) => value),
    { show: (block, index) => (cells[index]?.isUnusual && !colors.isColorSupported ? "!" : block) },
  );
  return [
    [" ".repeat(width - cells.length)],
    ...cells.map(
      ({ isUnusual }, index): Span => [blocks.charAt(index), isUnusual ? colors.red : colors.cyan],
    ),
  ];
}

function pumpState(pump: PumpState, width: number, { state, colors }: Drawing): Span {
  if (pump.alert) {
    const since = `ALERT since ${ageOf(state.now - pump.alert.since)}`;
    const why = clause(pump.alert.why, 0);
    return [width > 30 && why !== "" ? `${since}: ${why}` : since, colors.red];
  }
  if (pump.seq === 0) return ["silent", colors.dim];
  if (pump.score === null) return [`warming up ${pump.seq}/${state.setup.warmUp}`, colors.yellow];
  return ["ok", colors.green];
}
