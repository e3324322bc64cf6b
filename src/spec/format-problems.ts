import type { z } from "zod";
import { fieldsAt, homesOf } from "./json-schema.js";
import { formatPath, type Path, type Problem, problemAt } from "./problem.js";
import { didYouMean, nearest } from "./suggest.js";
import type { YamlSource } from "./yaml-source.js";

type Issue = z.core.$ZodIssue;

/** A problem of the format, and at which path. */
export interface FormatProblem {
  readonly problem: Problem;
  readonly path: Path;
  /** The path whose value is not known because of it: that of the field that was probably meant. */
  readonly hides: Path;
}

/**
 * What zod found, in the words of this room: one problem for every field, at its place in the file, with
 * what was expected, what was found and what may have been meant.
 */
export function formatProblems(issues: readonly Issue[], source: YamlSource): FormatProblem[] {
  const problems = problemsWithin(issues, source, []);
  const misspelt = problems.filter(({ problem }) => problem.code === "UNKNOWN_FIELD");
  // A misspelt field is one problem, not two.
  return problems.filter(
    ({ problem, path }) =>
      problem.code !== "MISSING_FIELD" ||
      !misspelt.some(({ hides }) => formatPath(hides) === formatPath(path)),
  );
}

function problemsWithin(issues: readonly Issue[], source: YamlSource, prefix: Path): FormatProblem[] {
  return issues.flatMap((issue) => {
    const path: Path = [
      ...prefix,
      ...issue.path.map((step) => (typeof step === "symbol" ? String(step) : step)),
    ];
    if (issue.code === "invalid_union") return unionProblems(issue, source, path);
    if (issue.code === "unrecognized_keys") {
      const others = Object.keys(issue.input ?? {}).filter((key) => !issue.keys.includes(key));
      return issue.keys.map((key) => unknownField(path, key, others, source));
    }
    return [wrongValue(issue, path, source)];
  });
}

/** Of the forms a value may take, the one that was probably meant says what is wrong. */
function unionProblems(issue: z.core.$ZodIssueInvalidUnion, source: YamlSource, path: Path): FormatProblem[] {
  const branches = issue.errors.filter((errors) => !errors.some(rejectsWhole));
  const [best] = branches.sort((a, b) => weight(a) - weight(b));
  if (best === undefined) return [wrongValue(issue, path, source)];
  // Nothing within: the value itself is none of the things it may be.
  if (best.every((error) => error.path.length === 0 && error.code !== "unrecognized_keys")) {
    return [wrongValue(issue, path, source)];
  }
  const known = fieldsAt(path);
  const strangers = best.filter(
    (error) => error.code === "unrecognized_keys" && error.keys.some((key) => !known.includes(key)),
  );
  // A misspelt field tells which form was meant no better than a missing one: spell it right first.
  return problemsWithin(strangers.length > 0 && best.some(isMissing) ? strangers : best, source, path);
}

/** The form does not fit at all: a text where a mapping stands, say. */
function rejectsWhole(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === "invalid_union") return issue.errors.every((errors) => errors.some(rejectsWhole));
  return issue.code === "invalid_type" || (issue.code === "invalid_value" && typeof issue.input === "object");
}

function weight(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);
}

function isMissing(issue: Issue): boolean {
  return issue.path.length > 0 && issue.input === undefined;
}

/** @param others the fields beside it that may stand there */
function unknownField(
  holder: Path,
  field: string,
  others: readonly string[],
  source: YamlSource,
): FormatProblem {
  const known = fieldsAt(holder);
  const path = [...holder, field];
  const elsewhere = homesOf(field)[0];
  const near = nearest(field, known);
  const hint = known.includes(field)
    ? `does not go with ${others.join(", ")}`
    : near !== undefined
      ? `no such field; did you mean "${near}"?`
      : elsewhere !== undefined
        ? `no such field here; did you mean "${elsewhere}"?`
        : `no such field; expected one of ${known.join(", ")}`;
  return {
    path,
    hides: [...holder, near ?? field],
    problem: problemAt(source.positionOfName(path), path, {
      severity: "error",
      code: known.includes(field) ? "FIELDS_APART" : "UNKNOWN_FIELD",
      message: hint,
    }),
  };
}

function wrongValue(issue: Issue, path: Path, source: YamlSource): FormatProblem {
  const isAbsent = issue.input === undefined && !source.has(path);
  const choices = choicesOf(issue);
  const written = source.asWritten(issue.input);
  const hint = typeof written === "string" ? didYouMean(written, choices) : "";
  const found = path.at(-1) === "password" ? "what is not shown" : describe(written);
  return {
    path,
    hides: path,
    problem: problemAt(source.positionOf(path), path, {
      severity: "error",
      code: isAbsent ? "MISSING_FIELD" : codeOf(issue),
      message: isAbsent
        ? `missing; expected ${issue.message}`
        : `expected ${issue.message}, found ${found}${hint}`,
    }),
  };
}

function choicesOf(issue: Issue): string[] {
  if (issue.code === "invalid_union") return issue.errors.flat().flatMap(choicesOf);
  return issue.code === "invalid_value" ? issue.values.map(String) : [];
}

function codeOf(issue: Issue): string {
  if (issue.code === "custom" && typeof issue.params?.code === "string") return issue.params.code;
  if (issue.code !== "invalid_union") return issue.code === "invalid_type" ? "WRONG_TYPE" : "BAD_VALUE";
  // Of a union, the form that the value came nearest to.
  const codes = issue.errors
    .flat()
    .filter((error) => error.path.length === 0)
    .map(codeOf);
  return (
    codes.find((code) => code !== "WRONG_TYPE" && code !== "BAD_VALUE") ??
    codes.find((code) => code === "BAD_VALUE") ??
    "WRONG_TYPE"
  );
}

/** What was there, short. */
function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (value instanceof Uint8Array) return "bytes";
  if (Array.isArray(value) && value.some((part) => typeof part === "object")) return "a list";
  if (!Array.isArray(value) && typeof value === "object")
    return `fields ${Object.keys(value).join(", ") || "none"}`;
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
