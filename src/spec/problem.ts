/** Where something stands in the file, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Keys and indexes from the top of the file: `["input", "topics", 0]`. */
export type Path = readonly (string | number)[];

/** One thing that is wrong, or doubtful, with a pipeline. */
export interface Problem extends Position {
  /** An error keeps the pipeline from running, a warning does not. */
  readonly severity: "error" | "warning";
  /** As people write it: `input.topics[0]`; empty for the file as a whole. */
  readonly path: string;
  /** Begins with the path: what was expected and what was found. */
  readonly message: string;
  /** Stable, for machines: `UNKNOWN_FIELD`. */
  readonly code: string;
}

/** `["input", "topics", 0]` as `input.topics[0]`. */
export function formatPath(path: Path): string {
  return path
    .map((part, i) => (typeof part === "number" ? `[${part}]` : i === 0 ? part : `.${part}`))
    .join("");
}

/** A problem at a path: its message begins with that path. */
export function problemAt(
  position: Position,
  path: Path,
  rest: { readonly severity: Problem["severity"]; readonly code: string; readonly message: string },
): Problem {
  const where = formatPath(path);
  return {
    severity: rest.severity,
    line: position.line,
    column: position.column,
    path: where,
    message: where === "" ? rest.message : `${where}: ${rest.message}`,
    code: rest.code,
  };
}

/** One line per problem, in the form editors understand: `file:line:column: error: message`. */
export function lintReport(file: string, problems: readonly Problem[]): string {
  return problems
    .map(({ line, column, severity, message }) => `${file}:${line}:${column}: ${severity}: ${message}\n`)
    .join("");
}
