import type { TestReport } from "../../runtime/index.js";
import { table } from "../table.js";

const RIVALS = {
  model: "this network",
  persistence: "persistence",
  seasonalNaive: "seasonal-naive",
  holtWinters: "Holt-Winters",
  ridge: "ridge regression",
} as const;

/** The errors of a forecaster and its rivals, as rows of text with a heading. */
export function reportRows(report: TestReport): string[][] {
  const rows = Object.entries(RIVALS).map(([name, words]): string[] => {
    const errors = report[name as keyof typeof RIVALS];
    if (errors === null) return [words, "-", "-", "-", "-"];
    const { mae, rmse, smape, mase } = errors;
    return [words, mae.toPrecision(4), rmse.toPrecision(4), `${smape.toFixed(2)} %`, mase.toFixed(3)];
  });
  return [["", "MAE", "RMSE", "sMAPE", "MASE"], ...rows];
}

/** What a report is about. */
export function reportTitle({ target, horizon, count, season }: TestReport): string {
  const ahead = horizon === 1 ? "1 step ahead" : `${horizon} steps ahead`;
  const cycle = season === null ? "too little history for a season" : `season: a ${season}`;
  return `${target}, ${ahead}, ${count} forecasts of the test part; ${cycle}`;
}

export function reportTables(reports: readonly TestReport[]): string {
  return reports.map((report) => `${reportTitle(report)}\n\n${table(reportRows(report))}`).join("\n\n");
}
