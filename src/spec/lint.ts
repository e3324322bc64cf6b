import type { FormatProblem } from "./format-problems.js";
import type { FullDocument } from "./full-document.js";
import { anomalyRules } from "./lint-anomaly-rules.js";
import { audioRules } from "./lint-audio-rules.js";
import { featureRules } from "./lint-feature-rules.js";
import { inputRules } from "./lint-input-rules.js";
import { pathRules } from "./lint-path-rules.js";
import type { LintRule } from "./lint-rule.js";
import { supervisedRules } from "./lint-supervised-rules.js";
import { testRules } from "./lint-test-rules.js";
import type { ParsedPipeline } from "./parse-pipeline.js";
import { formatPath, type Problem, problemAt } from "./problem.js";
import type { YamlSource } from "./yaml-source.js";

/** The rules about several fields at once; what a single field must be stands in the format. */
export const lintRules: readonly LintRule[] = [
  ...inputRules,
  ...pathRules,
  ...featureRules,
  ...supervisedRules,
  ...audioRules,
  ...anomalyRules,
  ...testRules,
];

/** What the rules say of a pipeline; those that would look at faulty fields are silent. */
export function lint(full: FullDocument, source: YamlSource, faults: readonly FormatProblem[]): Problem[] {
  const hidden = faults.map(({ hides }) => formatPath(hides));
  return lintRules
    .filter(({ needs }) => !needs.some((need) => hidden.some((path) => touches(path, need))))
    .flatMap(({ code, severity, check }) => {
      const problems: Problem[] = [];
      check({
        full,
        isWritten: (path) => source.has(path),
        isFromEnvironment: (path) => source.substitutionAt(path) !== undefined,
        report: (fullPath, message) => {
          const path = source.shortForm(fullPath);
          if (source.isUnfilled(path)) return;
          const shown = source.quotedAsWritten(message);
          problems.push(problemAt(source.positionOf(path), path, { severity, code, message: shown }));
        },
      });
      return problems;
    });
}

/** One path is the other, or holds it. */
function touches(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return long === short || (long.startsWith(short) && /[.[]/.test(long.charAt(short.length))) || short === "";
}

/**
 * What is wrong with several pipelines together: names that stand twice, at the second of them.
 *
 * @returns one list per pipeline, in their order
 */
export function lintTogether(parsed: readonly ParsedPipeline[]): readonly (readonly Problem[])[] {
  return parsed.map(({ pipeline, namePosition }, i) => {
    if (pipeline === undefined) return [];
    const first = parsed.slice(0, i).find((one) => one.pipeline?.name === pipeline.name);
    if (first === undefined) return [];
    const message = `expected a name of its own, found "${pipeline.name}", which ${first.file ?? "another pipeline"} has too`;
    return [problemAt(namePosition, ["name"], { severity: "error", code: "DUPLICATE_NAME", message })];
  });
}
