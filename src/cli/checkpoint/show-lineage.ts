import type { Checkpoint, Lineage, LineageEntry } from "../../runtime/index.js";
import { table } from "../table.js";

const WORDS = {
  first: "first",
  promoted: "promoted",
  "rolled-back": "rolled back to",
  rejected: "rejected",
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
    address: checkpoint?.address ?? null,
    parameters: checkpoint?.parameters ?? null,
    judged,
    why,
  };
}

/** `eddy checkpoint list`, for people: one pipeline's. */
export function showLineage(lineage: Lineage): string {
  const { pipeline, entries, service } = lineage;
  if (entries.length === 0) return `${pipeline}: no network has come into service yet, none was rejected`;
  const state = service
    ? `${service.checkpoint?.model} in service, judged ${times(service.judged)} since`
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
    judged: own.reduce((sum, { judged }) => sum + judged, 0),
    verdict: own.findLast(({ verdict }) => verdict)?.verdict ?? null,
  };
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
  const width = Math.max(...lines.map(([label]) => label.length));
  return lines.map(([label, text]) => `${label.padEnd(width)}  ${text}`).join("\n");
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
