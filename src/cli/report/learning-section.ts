import type { Lineage, LineageEntry } from "../../runtime/index.js";
import type { LearningReport } from "../../stream/index.js";
import type { HorizonGradients } from "../../training/index.js";
import { entryOf } from "../checkpoint/show-lineage.js";
import { gradientPlot } from "./gradient-plot.js";
import { html, type Insert } from "./markup.js";
import { dataTable, figure, isoTime, type Section } from "./page.js";
import { type Place, plot } from "./plot.js";
import { count, counted, share } from "./seen-sections.js";
import { shortNumber } from "./ticks.js";

const LISTED = 200;

/** What a pipeline's learner decided, from its log. */
export function lineageSection(lineage: Lineage, prefix: string): Section {
  const { entries, service } = lineage;
  const id = `${prefix}learning`;
  if (entries.length === 0) {
    return { id, title: "Learning", body: html`<p>No network has come into service, none was rejected.</p>` };
  }
  const rows = entries.slice(-LISTED).map((entry) => {
    const { kind, model, position, time, replaced, parameters, judged, trigger, why, inService } = entryOf(
      lineage,
      entry,
    );
    return [
      `${model ?? "–"}${inService ? ", in service" : ""}`,
      kind,
      count(position),
      time === null ? "–" : isoTime(Date.parse(time)),
      replaced,
      parameters === null ? "–" : count(parameters),
      gainOf(entry.details.verdict?.gain),
      count(judged),
      trigger,
      why,
    ];
  });
  const head = [
    "network",
    "came ",
    "event",
    "event time",
    "replaced ",
    "parameters",
    "errs less by",
    "judged",
    "trigger ",
    "why ",
  ];
  const gradients = entries.findLast(({ details }) => details.gradients)?.details.gradients;
  const body = html`<p>${
    service ? html`<strong>${service.checkpoint?.model}</strong> is in service.` : "No network is in service."
  }</p>${dataTable(counted(entries.length, "decision"), head, rows)}${tuningPlots(entries)}${
    gradients !== undefined &&
    html`<h3>Gradients of a first training</h3>${gradientPlot(gradients as HorizonGradients[])}`
  }`;
  return { id, title: "Learning", body };
}

/** The same as it was told while a recording was replayed. */
export function toldSection(told: readonly LearningReport[], prefix: string): Section {
  const decided = told.filter(isDecision);
  const id = `${prefix}learning`;
  if (decided.length === 0) {
    return {
      id,
      title: "Learning",
      body: html`<p>Nothing was learned: too few events for a first network, or the pipeline brings its own.</p>`,
    };
  }
  const rows = decided
    .slice(-LISTED)
    .map((report) => [
      count(report.position),
      WORDS[report.kind],
      "model" in report ? report.model : "",
      "details" in report ? gainOf(report.details?.verdict?.gain) : "",
      report.why,
    ]);
  const gradients = decided
    .flatMap((one) => ("details" in one && one.details?.gradients ? [one.details.gradients] : []))
    .at(-1);
  const body = html`${dataTable(counted(decided.length, "decision"), ["event", "what ", "network ", "errs less by", "why "], rows)}${
    gradients !== undefined &&
    html`<h3>Gradients of a first training</h3>${gradientPlot(gradients as HorizonGradients[])}`
  }`;
  return { id, title: "Learning", body };
}

const WORDS = {
  checkpoint: "in service",
  rejected: "rejected",
  "rolled-back": "rolled back",
  learned: "judged",
  drift: "drift",
  retired: "retired",
} as const;

function isDecision(report: LearningReport): report is Extract<LearningReport, { why: string }> {
  return report.kind in WORDS;
}

/** Loss and gradient norm of every fine-tuning. */
function tuningPlots(entries: readonly LineageEntry[]): Insert {
  const tunings = entries.flatMap(({ tunings }) =>
    tunings.flatMap(({ position, details: { tuning } }) => (tuning ? [{ position, tuning }] : [])),
  );
  if (tunings.length < 2) return "";
  const came = entries.filter(({ checkpoint }) => checkpoint).map(({ position }) => position);
  const course = (title: string, of: (one: (typeof tunings)[number]["tuning"]) => number) =>
    plot({
      title,
      x: "number",
      xLabel: title,
      height: 130,
      layers: [
        { kind: "moments", look: "moment", at: came.filter((at) => at >= tunings[0]!.position) },
        {
          kind: "line",
          look: "value",
          places: tunings.map(({ position, tuning }): Place => [position, of(tuning)]),
        },
      ],
    });
  const caption = `${count(tunings.length)} fine-tunings, by event; the newest had a loss of ${shortNumber(tunings.at(-1)!.tuning.loss)}`;
  return html`<h3>Fine-tuning</h3>${figure(
    html`${course("loss", ({ loss }) => loss)}${course("gradient norm, median", ({ gradientNorm }) => gradientNorm.median)}`,
    caption,
    [
      ["value", "of each fine-tuning"],
      ["moment", "a network came into service"],
    ],
  )}`;
}

function gainOf(gain: number | undefined): string {
  return gain === undefined ? "–" : share(gain);
}
