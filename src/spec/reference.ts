import { stringify } from "yaml";
import { type FormatSchema, forms, pipelineJsonSchema } from "./json-schema.js";
import { lintRules } from "./lint.js";

/** What writes the generated pages anew. */
const REGENERATE = "npm run docs";

const EXAMPLE = `name: pump-vibration
input:
  topics: ["plant/+/vibration"]
  codec: json
  key: "{topic[1]}"
  time: ts
sequence: { gap: 10m, late: drop }
features: [rms, { field: temperature, scale: robust }, { calendar: hour-of-day }]
target: rms
model: { cell: gru, hidden: 32, horizon: 1 }
anomaly: { alerts-per-day: 1, warm-up: 750 }
learn: { every: 15m, tbptt: [32, 64], budget: 20% }
output: { predictions: true, alerts: true }
`;

/** The pages that are generated from the format: path within the repository -> text. */
export function referenceFiles(): Readonly<Record<string, string>> {
  return {
    "docs/reference/pipeline.md": pipelineReference(),
    "docs/reference/pipeline.schema.json": `${jsonText(pipelineJsonSchema(), "", 0)}\n`,
  };
}

/** The reference page of the pipeline format, in Markdown: made of the format itself and of the lint rules. */
export function pipelineReference(): string {
  const schema = pipelineJsonSchema();
  return `# Pipelines

<!-- Written by \`${REGENERATE}\` from src/spec: change it there. -->

A pipeline is a YAML file: where events come from, what a network sees of them, what is published.

\`\`\`yaml
${EXAMPLE}\`\`\`

Two fields are required, \`name\` and \`input.topics\`, and something to forecast: a target, or features to
take it from. \`eddy lint --show\` prints a pipeline with all its defaults. Editors that read JSON Schema
complete and check while you type: \`# yaml-language-server: $schema=pipeline.schema.json\`.

\`\${NAME}\` in a value is filled in from the environment, \`$\${\` stands for \`\${\` itself. Values of the
environment are never shown. A duration is a number and a unit, several in a row: \`90s\`, \`1h30m\`.

${section([], schema)}## Rules about several fields

\`eddy lint\` reports every problem at once, as \`file:line:column: error: message\`. Beyond what each field
expects:

${table(
  ["code", "severity", "what must hold"],
  [
    ...lintRules.map(({ code, severity, description }) => [`\`${code}\``, severity, description]),
    ["`DUPLICATE_NAME`", "error", "Pipelines that run together have different names."],
  ],
)}
`;
}

/** A table of the fields at a path, then the sections of those that have fields themselves. */
function section(path: readonly string[], schema: FormatSchema): string {
  const shapes = forms(schema).filter(({ properties }) => properties !== undefined);
  const fields = new Map<string, FormatSchema>();
  const required = new Set<string>();
  for (const shape of shapes) {
    for (const [name, field] of Object.entries(shape.properties ?? {}))
      if (!fields.has(name)) fields.set(name, field);
    for (const name of shape.required ?? []) if (shapes.length === 1) required.add(name);
  }
  const heading = path.length === 0 ? "## Fields" : `### \`${path.join(".")}\``;
  const rows = [...fields].map(([name, field]) => row(name, field, required.has(name)));
  const description =
    path.length === 0 || schema.description === undefined ? "" : `${schema.description}\n\n`;
  const inner = [...fields].flatMap(([name, field]) => {
    const holder = held(field);
    return holder === undefined ? [] : [section([...path, `${name}${holder.mark}`], holder.schema)];
  });
  return `${heading}

${description}${table(["field", "value", "default", "meaning"], rows)}

${inner.join("")}`;
}

function row(name: string, field: FormatSchema, isRequired: boolean): string[] {
  const absent = field["x-absent"];
  const fallback = isRequired
    ? "**required**"
    : absent !== undefined
      ? absent
      : field.default !== undefined && !isEmptyObject(field.default)
        ? code(field.default)
        : "";
  const example = field.examples?.[0];
  const meaning = `${field.description ?? ""}${example === undefined ? "" : ` Example: ${code(example)}`}`;
  return [`\`${name}\``, words(field), fallback, meaning.trim()];
}

/** The fields inside of a field: its own, its elements', or those of whatever names it holds. */
function held(field: FormatSchema): { schema: FormatSchema; mark: string } | undefined {
  if (hasFields(field)) return { schema: field, mark: "" };
  if (field.items !== undefined && !("length" in field.items) && hasFields(field.items as FormatSchema)) {
    return { schema: field.items as FormatSchema, mark: "[]" };
  }
  const values = field.additionalProperties;
  if (typeof values === "object" && hasFields(values)) return { schema: values, mark: ".NAME" };
  const list = field.oneOf?.map(held).find((one) => one !== undefined);
  return list;
}

function hasFields(schema: FormatSchema): boolean {
  return forms(schema).some(({ properties }) => properties !== undefined);
}

function words(field: FormatSchema): string {
  return field.title ?? (hasFields(field) ? "fields, see below" : (field.type ?? ""));
}

/** A value on one line, as YAML writes it. */
function code(value: unknown): string {
  const text = stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim();
  return `\`${text}\``;
}

function isEmptyObject(value: unknown): boolean {
  return (
    value !== null && typeof value === "object" && !Array.isArray(value) && Object.keys(value).length === 0
  );
}

/** A Markdown table, its columns aligned as the repository's formatter wants them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  // A bar would end the table's cell.
  const cells = [head, ...rows].map((row) => row.map((text) => text.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)));
  lines.splice(
    1,
    0,
    widths.map((width) => "-".repeat(width)),
  );
  return lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
}

const LINE_WIDTH = 110;

/**
 * JSON laid out as the repository's formatter wants it: a field a line, lists without objects on one line
 * where they fit.
 *
 * @param taken characters of the line that stand before or after the value
 */
function jsonText(value: unknown, indent: string, taken: number): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((part) => jsonText(part, inner, 1))
    : Object.entries(value).map(([name, part]) => `"${name}": ${jsonText(part, inner, name.length + 5)}`);
  const [open, close] = isList ? "[]" : "{}";
  if (parts.length === 0) return `${open}${close}`;
  const line = `[${parts.join(", ")}]`;
  const fits = isList && !line.includes("\n") && indent.length + taken + line.length <= LINE_WIDTH;
  return fits ? line : `${open}\n${parts.map((part) => `${inner}${part}`).join(",\n")}\n${indent}${close}`;
}
