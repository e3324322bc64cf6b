import type uPlot from "uplot";

const SECOND = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const MINUTE = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short" });

/** Labels of a time axis: as fine as the distance of its ticks (seconds) asks for; midnight is a date. */
export function timeTicks(
  _plot: uPlot,
  ticks: number[],
  _axis: number,
  _space: number,
  distance: number,
): string[] {
  return ticks.map((seconds) => {
    const ms = seconds * 1000;
    const isMidnight = MINUTE.format(ms) === "00:00" && seconds % 60 === 0;
    if (distance >= 86_400 || (distance >= 60 && isMidnight)) return DAY.format(ms);
    if (distance < 1) return `${SECOND.format(ms)}.${Math.floor((ms % 1000) / 100)}`;
    return (distance < 60 ? SECOND : MINUTE).format(ms);
  });
}
