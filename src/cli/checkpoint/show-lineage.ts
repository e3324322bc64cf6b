import type { Checkpoint, Lineage, LineageEntry } from "../../runtime/index.js";
import type { LearningDetails } from "../../stream/index.js";
import type { HorizonGradients } from "../../training/index.js";
import { table } from "../table.js";
import { GRADIENT_LEGEND, gradientAdvice, gradientRows } from "../train/gradient-table.js";

/** Fine-tunings that are shown to people. */
const SHOWN_TUNINGS = 5;

const WORDS = {
  first: "first",
  promoted: "promoted",
  "rolled-back": "rolled back to",
  rejected: "rejected",
  retired: "retired",
} as const;

/** An entry of the lineage, for machines. */
export function entryOf({ pipeline, service }: Lineage, entry: LineageEntry) {
  const { kind, position, time, checkpoint, replaced, judged, why } = entry;
  return {
    pipeline,
    kind,
    model: checkpoint?.model ?? null,
    position,
    time: time === null ? null : new Date(time).toISOString(),
    replaced,
    inService: entry === service,
    address: (checkpoint ?? entry.rejected)?.address ?? null,
    parameters: checkpoint?.parameters ?? null,
    judged,
    trigger: entry.details.trigger ?? null,
    why,
  };
}

/** `eddy checkpoint list`, for people: one pipeline's. */
export function showLineage(lineage: Lineage): string {
  const { pipeline, entries, service } = lineage;
  if (entries.length === 0) return `${pipeline}: no network has come into service yet, none was rejected`;
  const state = service
    ? `${service.checkpoint?.model} in service, judged ${times(service.judged)} since`
    : entries.some(({ kind }) => kind === "retired")
      ? "no network in service: the last one was retired"
      : "no network in service yet";
  const whyWidth = Math.max(...entries.map(({ why }) => why.length));
  const rows = entries.map((entry) => {
    const { kind, model, position, time, replaced, inService, address, parameters, why } = entryOf(
      lineage,
      entry,
    );
    return [
      `${model ?? "-"}${inService ? " *" : ""}`,
      WORDS[kind],
      String(position),
      time ?? "-",
      replaced ?? "-",
      address ?? "-",
      parameters === null ? "-" : String(parameters),
      why.padEnd(whyWidth),
    ];
  });
  const heading = ["model", "kind", "position", "event time", "replaced", "address", "parameters"];
  return `${pipeline}: ${state}\n${table([[...heading, "why".padEnd(whyWidth)], ...rows])}`;
}

/** One checkpoint's shape and history, for machines. */
export function detailOf(lineage: Lineage, { model, address, parameters, forecaster }: Checkpoint) {
  const { pipeline, entries, service } = lineage;
  const own = entries.filter(({ checkpoint }) => checkpoint?.model === model);
  const { networks } = forecaster;
  const shape = networks[0]![0]!.shape;
  return {
    pipeline,
    model,
    inService: service?.checkpoint?.model === model,
    address,
    parameters,
    horizons: networks.length,
    members: networks[0]!.length,
    shape,
    came: own.map((entry) => {
      const { kind, position, time, replaced, why } = entryOf(lineage, entry);
      return { kind, position, time, replaced, why };
    }),
    went: entries
      .filter(({ replaced, checkpoint }) => replaced === model && checkpoint)
      .map((entry) => {
        const { position, time, model: by, why } = entryOf(lineage, entry);
        return { position, time, by, why };
      }),
    details: own[0]?.details ?? rejectedDetails(lineage, address),
    tunings: own.flatMap(({ tunings }) => tunings),
    judged: own.reduce((sum, { judged }) => sum + judged, 0),
    verdict: own.findLast(({ verdict }) => verdict)?.verdict ?? null,
  };
}

function rejectedDetails({ entries }: Lineage, address: string): LearningDetails {
  return entries.find(({ rejected }) => rejected?.address === address)?.details ?? {};
}

/** `eddy checkpoint show`, for people. */
export function showDetail(detail: ReturnType<typeof detailOf>): string {
  const { pipeline, model, inService, address, parameters, horizons, members, shape, judged, verdict } =
    detail;
  const { cell, inputs, hidden, layers, outputs } = shape;
  const at = ({ position, time }: { position: number; time: string | null }) =>
    `position ${position}${time === null ? "" : `, ${time}`}`;
  const lines: [string, string][] = [
    ["model", `${model} of pipeline "${pipeline}"${inService ? ", in service" : ""}`],
    ["address", address],
    [
      "networks",
      `${members} for each of ${horizons} ${horizons === 1 ? "horizon" : "horizons"}, whose mean it forecasts`,
    ],
    ["each", `${cell} ${inputs} -> ${Array(layers).fill(hidden).join(" -> ")}, then ${outputs} outputs`],
    ["parameters", String(parameters)],
    ...detail.came.map((entry): [string, string] => {
      const instead = entry.replaced === null ? "" : ` in place of ${entry.replaced}`;
      return [WORDS[entry.kind], `${at(entry)}${instead}: ${entry.why}`];
    }),
    ...detail.went.map((entry): [string, string] => [
      "replaced",
      `${at(entry)} by ${entry.by}: ${entry.why}`,
    ]),
    [
      "judged",
      `${times(judged)} while it stayed in service${verdict ? `, last before position ${verdict.position}: ${verdict.why}` : ""}`,
    ],
  ];
  lines.push(...dataLines(detail.details), ...tuningLines(detail.tunings));
  const width = Math.max(...lines.map(([label]) => label.length));
  const shown = lines.map(([label, text]) => `${label.padEnd(width)}  ${text}`).join("\n");
  const gradients = detail.details.gradients as readonly HorizonGradients[] | undefined;
  if (!gradients) return shown;
  const advice = gradientAdvice(gradients).map((words) => `\n! ${words}`);
  return `${shown}\n\n${table(gradientRows(gradients))}\n${GRADIENT_LEGEND}${advice.join("")}`;
}

/** What it was learned from. */
function dataLines({ data, seed, trigger }: LearningDetails): [string, string][] {
  if (data === undefined) return [];
  const at = (ms: number | null) => (ms === null ? "?" : new Date(ms).toISOString());
  const why = trigger === undefined ? "" : `, because: ${trigger}`;
  return [
    [
      "learned from",
      `${data.events} events, ${at(data.fromMs)} to ${at(data.toMs)}, seed ${seed ?? "?"}${why}`,
    ],
  ];
}

/** The newest fine-tunings of its apprentice. */
function tuningLines(tunings: LineageEntry["tunings"]): [string, string][] {
  return tunings.slice(-SHOWN_TUNINGS).flatMap(({ position, details: { tuning, trigger } }) => {
    if (tuning === undefined) return [];
    const { updates, loss, gradientNorm, clipped, layers, advice, diverged } = tuning;
    const short = (value: number) => Number(value.toPrecision(3));
    const reach = layers.map(({ steps, depth }) => (steps === depth ? `${depth}+` : steps)).join(", ");
    const words =
      `position ${position} (${trigger}): ${updates} updates, loss ${short(loss)}, gradient norm ${short(gradientNorm.median)} ` +
      `(largest ${short(gradientNorm.largest)}), ${clipped} clipped, gradients reach ${reach || "?"} steps back` +
      (diverged ? "; it ran away and begins anew" : "");
    return [["tuned", [words, ...advice].join("; ")]];
  });
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
