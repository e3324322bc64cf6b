import { readFile } from "node:fs/promises";
import { lintReport, lintTogether, type Pipeline, type Problem, parsePipeline } from "../spec/index.js";

/** A pipeline file as it was read: the pipeline if it has no errors, and all its problems. */
export interface PipelineFile {
  readonly file: string;
  readonly pipeline: Pipeline | undefined;
  readonly problems: readonly Problem[];
}

export async function readPipelineFile(file: string): Promise<PipelineFile> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new Error(`Cannot read pipeline ${file}: expected a readable file, found ${reason(error)}`);
  }
  const { pipeline, problems } = parsePipeline(text, { file, environment: process.env });
  return { file, pipeline, problems };
}

/**
 * Reads pipelines that are to run: every problem of every file at once.
 *
 * @throws Error with all problems in its message, code `PIPELINE_PROBLEMS`
 */
export async function readPipelines(files: readonly string[]): Promise<Pipeline[]> {
  const read = await Promise.all(files.map(readPipelineFile));
  const reports = read.flatMap(({ file, problems }) => {
    const errors = problems.filter((problem) => problem.severity === "error");
    return errors.length > 0 ? [lintReport(file, errors)] : [];
  });
  const pipelines = read.flatMap(({ pipeline }) => pipeline ?? []);
  if (reports.length > 0 || pipelines.length < files.length) {
    throw Object.assign(new Error(`Cannot run what has errors:\n${reports.join("\n")}`), {
      code: "PIPELINE_PROBLEMS",
    });
  }
  const together = lintTogether(pipelines);
  if (together.length > 0) {
    throw Object.assign(new Error(`Cannot run these pipelines together:\n${together.join("\n")}`), {
      code: "PIPELINE_PROBLEMS",
    });
  }
  return pipelines;
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "ENOENT") return "no such file";
  return error.message;
}
