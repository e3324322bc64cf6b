import type { TestSample, TrainingData, TrainOutcome } from "../../runtime/index.js";
import type { TrainingProgress } from "../../training/index.js";
import { reportRows, reportTitle } from "../train/report-table.js";
import { trialRows } from "../train/trial-table.js";
import { gradientPlot } from "./gradient-plot.js";
import { html, type Insert } from "./markup.js";
import { dataTable, figure, isoTime, type Section, tiles } from "./page.js";
import { type Place, plot } from "./plot.js";
import { count, duration } from "./seen-sections.js";
import { shortNumber } from "./ticks.js";

/** Epochs that are drawn. */
const DRAWN = 1000;

export interface TrainReportOptions {
  readonly data: TrainingData;
  readonly outcome: TrainOutcome;
  readonly epochs: readonly TrainingProgress[];
  readonly seconds: number;
  readonly model: string;
}

/** What a training made, how it went, and how good it is. */
export function trainSections({ data, outcome, epochs, seconds, model }: TrainReportOptions): Section[] {
  const { result, reports, samples, trials, hidden } = outcome;
  const head = ["forecaster", "MAE", "RMSE", "sMAPE", "MASE"];
  const left = [...data.left].map(([reason, rows]) => [reason, count(rows)]);
  const [, ...tried] = trialRows(outcome);
  return [
    {
      id: "overview",
      title: "What was trained",
      body: html`${tiles([
        ["model", model],
        ["parameters", count(result.parameters)],
        ["units a layer", count(hidden)],
        ["epochs", count(result.epochs)],
        ["took", duration(seconds * 1000)],
        ["rows", count(data.rows)],
        ["keys", count(data.histories.length)],
        ["from", isoTime(data.from)],
        ["to", isoTime(data.to)],
      ])}<p>${result.why}.</p><p class="muted">Inputs: ${data.inputNames.join(", ")}. The first 64 % of every key's history trained, the next 16 % validated, the last fifth tested.</p>${
        left.length > 0 && dataTable("Rows that no network saw", ["reason", "rows"], left)
      }`,
    },
    {
      id: "quality",
      title: "Forecasts of the test part",
      body: html`${reports.map((report): Insert => {
        const [, ...rows] = reportRows(report);
        return html`<h3>${reportTitle(report)}</h3>${dataTable("Errors; lower is better", head, rows)}`;
      })}${samples.map(sampleFigure)}`,
    },
    {
      id: "training",
      title: "How it learned",
      body: html`${epochFigure(epochs)}${
        trials.length > 1 &&
        dataTable(
          "Tried, and chosen on the part that validated",
          ["tried", "parameters", "epochs", "validation"],
          tried,
        )
      }`,
    },
    { id: "gradients", title: "Gradients", body: gradientPlot(result.gradients) },
  ];
}

function sampleFigure({ key, target, horizon, values, forecasts }: TestSample): Insert {
  const line = (all: Float64Array) => [...all].map((value, t): Place => [t, value]);
  const ahead = horizon === 1 ? "1 step" : `${horizon} steps`;
  return figure(
    plot({
      title: `${target} of ${key}, the end of the test part: value and forecast`,
      x: "number",
      xLabel: `${target}, by step`,
      height: 190,
      layers: [
        { kind: "line", look: "forecast", places: line(forecasts) },
        { kind: "line", look: "value", places: line(values) },
      ],
    }),
    html`<strong>${key}</strong>: the last ${count(values.length)} steps, forecast ${ahead} ahead`,
    [
      ["value", "value"],
      ["forecast", "forecast"],
    ],
  );
}

/** Between a network that was finished early and the next one there is a gap. */
function parted(drawn: readonly TrainingProgress[], i: number, thin: number): Place[] {
  const before = drawn[i - 1]?.epoch ?? 0;
  const { epoch } = drawn[i]!;
  return epoch - before > thin ? [[epoch, Number.NaN]] : [];
}

/** Loss and validation by epoch; networks one after the other. */
function epochFigure(epochs: readonly TrainingProgress[]): Insert {
  const thin = Math.ceil(epochs.length / DRAWN);
  const drawn = epochs.filter((_, i) => i % thin === 0);
  if (drawn.length < 2) return "";
  const course = (title: string, look: string, of: (one: TrainingProgress) => number) =>
    plot({
      title: `${title} by epoch`,
      x: "number",
      xLabel: `${title}, by epoch`,
      height: 140,
      yScale: "log",
      layers: [
        {
          kind: "line",
          look,
          places: drawn.flatMap((one, i) => [...parted(drawn, i, thin), [one.epoch, of(one)] as const]),
        },
      ],
    });
  const last = epochs.at(-1);
  return figure(
    html`${course("training loss", "value", ({ loss }) => loss)}${course("validation error", "forecast", ({ validation }) => validation)}`,
    `Networks are trained one after the other, and each ends early when it no longer improves. The last epoch ended with a loss of ${shortNumber(last?.loss ?? Number.NaN)} and a validation error of ${shortNumber(last?.validation ?? Number.NaN)} usual steps.`,
    [
      ["value", "training loss"],
      ["forecast", "mean absolute error on the part that validates, in usual steps"],
    ],
  );
}
