import { readFile } from "node:fs/promises";
import { readModelWords } from "../runtime/index.js";
import {
  lintReport,
  lintTogether,
  type ParsedPipeline,
  type Pipeline,
  parsePipeline,
} from "../spec/index.js";
import { packageFile } from "./package-folder.js";

export interface Models {
  /** What the model's file says is not asked for: it is about to be made. Default false. */
  readonly ignoresModel?: boolean;
  /** Folder of models that don't stand beside the pipeline's file. */
  readonly models?: string | undefined;
}

/** The models of Eddy's own pipelines. */
const OWN_MODELS = packageFile("models");

/** For commands that run pipelines. */
export const MODELS_OPTION = [
  "--models <dir>",
  "folder of models that don't stand beside the pipeline (default: that of Eddy's own)",
] as const;

/** Reads and checks one file; an unreadable one is an error, a wrong one has problems. */
export async function readPipelineFile(
  file: string,
  { models = OWN_MODELS, ignoresModel = false }: Models = {},
): Promise<ParsedPipeline> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new Error(`Cannot read pipeline ${file}: expected a readable file, found ${reason(error)}`);
  }
  const options = { file, models, environment: process.env };
  return parsePipeline(text, ignoresModel ? options : { ...options, readModel: readModelWords });
}

/** Every file with all its problems: its own, and those it has together with the others. */
export async function readPipelineFiles(
  files: readonly string[],
  models: Models = {},
): Promise<ParsedPipeline[]> {
  const parsed = await Promise.all(files.map((file) => readPipelineFile(file, models)));
  const together = lintTogether(parsed);
  return parsed.map((one, i) => ({ ...one, problems: [...one.problems, ...(together[i] ?? [])] }));
}

/**
 * Reads pipelines that are to run.
 *
 * @throws Error with every problem of every file in its message, code `PIPELINE_PROBLEMS`
 */
export async function readPipelines(files: readonly string[], models: Models = {}): Promise<Pipeline[]> {
  const parsed = await readPipelineFiles(files, models);
  const reports = parsed.flatMap(({ file = "", problems }) => {
    const errors = problems.filter(({ severity }) => severity === "error");
    return errors.length > 0 ? [lintReport(file, errors)] : [];
  });
  if (reports.length > 0) {
    throw Object.assign(new Error(`Cannot run what has errors:\n${reports.join("\n")}`), {
      code: "PIPELINE_PROBLEMS",
    });
  }
  return parsed.flatMap(({ pipeline }) => pipeline ?? []);
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "ENOENT") return "no such file";
  return error.message;
}
