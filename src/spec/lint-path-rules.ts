import { isAbsolute, normalize, sep } from "node:path";
import type { FullDocument } from "./full-document.js";
import type { LintRule } from "./lint-rule.js";
import type { Path } from "./problem.js";

/** The files that a pipeline names, and where. */
function namedFiles(full: FullDocument): { readonly path: Path; readonly file: string | undefined }[] {
  const { model, broker, tests } = full;
  return [
    { path: ["model", "file"], file: "file" in model ? model.file : undefined },
    ...(["password-file", "ca", "cert", "key"] as const).map((name) => ({
      path: ["broker", name],
      file: broker[name],
    })),
    ...tests.map(({ input }, i) => ({ path: ["tests", i, "input"], file: input })),
  ];
}

/** A path that leads out of the pipeline's own folder. */
export function isOutside(file: string): boolean {
  const [first] = normalize(file).split(sep);
  return isAbsolute(file) || first === "..";
}

const pathOutside: LintRule = {
  code: "PATH_OUTSIDE",
  severity: "error",
  description:
    "Files stand beside the pipeline's own or below it, or models in the folder of `--models`: whoever may write a pipeline can't read the rest of the box. A path from the environment may lead anywhere.",
  needs: ["model", "broker", "tests"],
  check: ({ full, isFromEnvironment, report }) => {
    for (const { path, file } of namedFiles(full)) {
      if (file === undefined || isFromEnvironment(path) || !isOutside(file)) continue;
      report(path, `expected a path within the pipeline's own folder, found "${file}"`);
    }
  },
};

const certificateAndKey: LintRule = {
  code: "CERTIFICATE_AND_KEY",
  severity: "error",
  description: "`broker.cert` and `broker.key` go together, and a password is given once.",
  needs: ["broker"],
  check: ({ full, report }) => {
    const { cert, key, password } = full.broker;
    if (cert !== undefined && key === undefined)
      report(["broker", "cert"], "expected broker.key beside it, found none");
    if (key !== undefined && cert === undefined)
      report(["broker", "key"], "expected broker.cert beside it, found none");
    if (password !== undefined && full.broker["password-file"] !== undefined) {
      report(["broker", "password-file"], "expected either password or password-file, found both");
    }
  },
};

/** The rules about files that a pipeline names. */
export const pathRules: readonly LintRule[] = [pathOutside, certificateAndKey];
