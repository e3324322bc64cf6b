import { formatTensor, type ModelReport } from "../../onnx/index.js";

/** `eddy model inspect`, for people. */
export function showReport(report: ModelReport): string {
  const { description, cells, reason } = report;
  const opsets = Object.entries(description.opsets).map(([domain, version]) => `${domain} ${version}`);
  const lines: [string, string][] = [
    ["model", `${description.name} (${description.producer || "unknown producer"}, ${opsets.join(", ")})`],
    ...description.inputs.map((input): [string, string] => ["input", formatTensor(input)]),
    ...description.outputs.map((output): [string, string] => ["output", formatTensor(output)]),
    ...cells.map(({ node, cell, inputs, hidden, directions, state }): [string, string] => [
      "cell",
      `${cell} ${inputs ?? "?"} -> ${hidden}${directions.length > 1 || directions[0] !== "forward" ? ` ${directions.join(" and ")}` : ""}, state ${state} (${node})`,
    ]),
    ["parameters", count(report.parameters)],
    ["state", `${report.state} numbers, ${stateNote(report)}`],
    [
      "a step",
      `${count(report.multiplyAddsPerStep)} multiply-adds${report.answersWithLastStep ? "; many to one: the output after each prefix" : ""}`,
    ],
    ["a key", `${count(report.bytesPerKey)} bytes of state`],
    ["engine", engineNote(report)],
    ...(reason ? [[report.engine ? "why" : "why not", reason] as [string, string]] : []),
    ...Object.entries(description.metadata).map(([key, value]): [string, string] => [
      "metadata",
      `${key} = ${short(value)}`,
    ]),
  ];
  const width = Math.max(...lines.map(([label]) => label.length));
  return lines.map(([label, text]) => `${label.padEnd(width)}  ${text}`).join("\n");
}

function stateNote({ state, states }: ModelReport): string {
  if (state === 0 && states.length === 0) return "nothing to carry";
  if (states.length === 0) return "hidden: Eddy makes it explicit";
  return `explicit: ${states.map(({ input, output }) => `${input} -> ${output}`).join(", ")}`;
}

function engineNote({ engine, input }: ModelReport): string {
  if (engine === "kernel") return "kernel: the whole graph fits";
  if (engine === "onnxruntime") return "ONNX Runtime";
  return `none: it cannot be streamed${input === undefined ? "" : " (model run --whole-sequence)"}`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function short(value: string): string {
  return value.length > 100 ? `${value.slice(0, 100)}...` : value;
}
