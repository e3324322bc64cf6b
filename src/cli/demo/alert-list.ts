import type { AlertLine } from "./demo-state.js";
import { clause, type Drawing, GAP, justified, type Line, nameWidth, WIDE } from "./drawing.js";
import { ageOf, counted, timeOfDay } from "./show.js";
import { padded } from "./text-line.js";

const TIME = 8;
/** Width of what was simulated. */
const TRUTH = 12;

/** How many alerts there were, and how well they met what was really simulated. */
export function alertHead({ state, columns, colors }: Drawing): Line {
  const { alerts, alertsForNothing, noticed, missed } = state;
  const faults = noticed + missed;
  const judged = [
    faults === 0 ? "" : `${noticed} of ${faults} simulated faults noticed`,
    alertsForNothing === 0 ? "" : `${alertsForNothing} for nothing`,
  ].filter((text) => text !== "");
  const left: Line = [
    [` ${counted(alerts, "alert")}`, colors.bold],
    [judged.length > 0 ? `${GAP}${judged.join(", ")}` : "", colors.dim],
  ];
  return state.lines.length === 0
    ? left
    : justified(left, [[padded("simulated", TRUTH - 1), colors.dim]], columns);
}

/** The last alerts, newest first. */
export function alertList(drawing: Drawing): Line[] {
  const { state, colors } = drawing;
  if (state.lines.length === 0) return [[[" none yet", colors.dim]]];
  return state.lines.map((line) => listLine(line, drawing));
}

function listLine(line: AlertLine, { state, columns, colors, timeZone }: Drawing): Line {
  const isRaised = line.state === "raised";
  const sign = columns >= WIDE ? padded(line.state, 7) : isRaised ? "▲" : "▼";
  const name = nameWidth(state);
  const room = Math.max(0, columns - 1 - TIME - sign.length - name - TRUTH - 4 * GAP.length);
  return [
    [` ${timeOfDay(line.time, timeZone)}${GAP}`, colors.dim],
    [`${sign}${GAP}${padded(line.pump, name)}${GAP}`, isRaised ? colors.red : colors.green],
    [`${padded(clause(alertText(line), room), room)}${GAP}`],
    [isRaised ? line.simulated : "", line.simulated === "nothing" ? colors.yellow : colors.magenta],
  ];
}

/** Why it was raised, or how long it lasted. */
export function alertText({ state, why, time, since }: AlertLine): string {
  return state === "raised" ? why : `after ${ageOf(time - since)}, ${why}`;
}
