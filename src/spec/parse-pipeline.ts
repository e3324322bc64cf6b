import type { z } from "zod";
import { asWritten, digest, type Environment, namesIn, retype } from "./environment.js";
import { type Document, pipelineFormat } from "./format.js";
import { type FormatProblem, formatProblems } from "./format-problems.js";
import { fullDocument } from "./full-document.js";
import { lint } from "./lint.js";
import type { ReadModelWords } from "./model-words.js";
import type { Pipeline } from "./pipeline.js";
import type { Path, Position, Problem } from "./problem.js";
import { modelPath, resolve } from "./resolve.js";
import { takeModelWords } from "./take-model-words.js";
import { YamlSource } from "./yaml-source.js";

export interface ParseOptions {
  /** Path of the file, from which models and recordings are found. */
  readonly file?: string;
  /** Folder in which a model is looked for that does not stand beside the file. */
  readonly models?: string | undefined;
  /** For `${NAME}`; absent: empty. */
  readonly environment?: Environment;
  /** Looks into a model's file for what the pipeline leaves unsaid; absent: nobody looks. */
  readonly readModel?: ReadModelWords;
}

export interface ParsedPipeline {
  readonly file: string | undefined;
  /** Undefined if there are errors. */
  readonly pipeline: Pipeline | undefined;
  /** All of them, in the order of the file. */
  readonly problems: readonly Problem[];
  /** Where the pipeline's name stands. */
  readonly namePosition: Position;
}

/** Reads and checks a pipeline. Never throws on a bad one: it says everything that is wrong with it, at once. */
export function parsePipeline(text: string, options: ParseOptions = {}): ParsedPipeline {
  const environment = options.environment ?? {};
  const source = new YamlSource(text, environment);
  const { problems, pipeline } = source.isReadable ? check(source, environment, options) : { problems: [] };
  const all = [...source.problems, ...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  return {
    file: options.file,
    pipeline: all.some((one) => one.severity === "error") ? undefined : pipeline,
    problems: all,
    namePosition: source.positionOf(["name"]),
  };
}

/** What the format and the rules say of a readable file. */
function check(
  source: YamlSource,
  environment: Environment,
  { file, models, readModel = () => undefined }: ParseOptions,
): { problems: Problem[]; pipeline?: Pipeline } {
  const { tree, written, result } = checkFormat(source);
  const faults = formatProblems(result.error?.issues ?? [], source);
  const problems = faults.flatMap(({ path, problem }) => (source.isUnfilled(path) ? [] : [problem]));

  const said = result.data ?? withoutFaults(tree, faults);
  if (said === undefined) return { problems };
  const place = (path: string) => modelPath(path, file, models);
  const { document, problems: contradictions } = takeModelWords(said, source, place, readModel);
  problems.push(...contradictions);
  const full = fullDocument(document);
  problems.push(...lint(full, source, faults));
  // Where something is wrong, units may be unreadable.
  if (result.data === undefined || problems.some((one) => one.severity === "error")) return { problems };

  const pipeline = {
    ...resolve(full, file, models),
    source: asWritten(full, source.writtenTexts(), written),
    environment: digests(source, environment),
  };
  return { problems, pipeline };
}

type Result = z.ZodSafeParseResult<Document>;

/** Checks the tree; texts from the environment become numbers where the format asks for them. */
function checkFormat(source: YamlSource) {
  const written: { path: Path; written: string }[] = [];
  for (;;) {
    const tree = source.tree();
    const result: Result = pipelineFormat.safeParse(tree, { reportInput: true });
    const retyped = numbersWanted(result.error?.issues ?? []).flatMap((path) => {
      const found = source.substitutionAt(path);
      const value = found && typeof found.node.value === "string" ? retype(found.value) : undefined;
      if (found === undefined || value === undefined) return [];
      found.node.value = value;
      return [{ path, written: found.written }];
    });
    if (retyped.length === 0) return { tree, written, result };
    written.push(...retyped);
  }
}

/** Paths where the format would take a number, or true or false, and found something else. */
function numbersWanted(issues: readonly z.core.$ZodIssue[], prefix: Path = []): Path[] {
  return issues.flatMap((issue) => {
    const path: Path = [
      ...prefix,
      ...issue.path.map((step) => (typeof step === "symbol" ? String(step) : step)),
    ];
    if (issue.code === "invalid_union") return issue.errors.flatMap((errors) => numbersWanted(errors, path));
    const wanted =
      issue.code === "invalid_type"
        ? ["number", "int", "boolean"].includes(issue.expected)
        : issue.code === "invalid_value" && issue.values.some((value) => typeof value !== "string");
    return wanted ? [path] : [];
  });
}

/**
 * What the file says without its faulty parts, so that the rules about several fields can speak of the
 * rest: a faulty field is taken out (a list with its faulty element), a missing one stood in for.
 */
function withoutFaults(tree: unknown, faults: readonly FormatProblem[]): Document | undefined {
  if (!isRecord(tree)) return undefined;
  const rest: Record<string, unknown> = structuredClone(tree);
  for (const { path } of faults) takeOut(rest, path);
  const input = isRecord(rest.input) ? rest.input : {};
  return pipelineFormat.safeParse({ name: "unnamed", ...rest, input: { topics: ["unknown"], ...input } })
    .data;
}

function takeOut(root: Record<string, unknown>, path: Path): void {
  const list = path.findIndex((step) => typeof step === "number");
  const [...steps] = list < 0 ? path : path.slice(0, list);
  const last = steps.pop();
  let holder: unknown = root;
  for (const step of steps) holder = isRecord(holder) ? holder[step] : undefined;
  if (last !== undefined && isRecord(holder)) delete holder[last];
}

function isRecord(value: unknown): value is Record<string | number, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Digests of the environment's values that the file asks for, by name. */
function digests(source: YamlSource, environment: Environment): Record<string, string> {
  const names = source.substitutions.flatMap(({ written }) => namesIn(written));
  return Object.fromEntries(
    [...new Set(names)].sort().map((name) => [name, digest(environment[name] ?? "")]),
  );
}
