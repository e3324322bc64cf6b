import type { Document } from "./format.js";
import type { FullFeature } from "./full-document.js";
import { isOutside } from "./lint-path-rules.js";
import type { ModelWords, ReadModelWords } from "./model-words.js";
import { type Path, type Problem, problemAt } from "./problem.js";
import { sameFeature } from "./same-feature.js";
import type { YamlSource } from "./yaml-source.js";

/**
 * Takes from a model's own file what a pipeline leaves unsaid: the features where it lists fields alone, targets,
 * horizons, what the output means. Where the pipeline says something else than the file, that is a problem: the
 * network would be fed what it was not trained on.
 *
 * @param path of the model's file, as it is found
 */
export function takeModelWords(
  document: Document,
  source: YamlSource,
  path: (file: string) => string,
  read: ReadModelWords,
): { readonly document: Document; readonly problems: readonly Problem[] } {
  const { model } = document;
  const nothing = { document, problems: [] };
  if (!("file" in model)) return nothing;
  const at = ["model", "file"];
  // What must not be named isn't looked at; lint speaks of it.
  if (isOutside(model.file) && source.substitutionAt(at) === undefined) return nothing;
  const problems: Problem[] = [];
  const report = (where: Path, expected: string, found: string) => {
    const message = source.quotedAsWritten(`expected ${expected}, found ${found}`);
    problems.push(
      problemAt(source.positionOf(where), where, { severity: "error", code: "MODEL_WORDS", message }),
    );
  };
  let words: ModelWords | undefined;
  try {
    words = read(path(model.file));
  } catch (error) {
    report(at, "a model's file that says its features", `"${model.file}": ${(error as Error).message}`);
  }
  if (words === undefined) return { document, problems };

  const of = (what: string) => `${what}, as "${model.file}" was trained`;
  const differs = (where: Path, expected: unknown, found: unknown) => {
    if (!source.has(where) || JSON.stringify(expected) === JSON.stringify(found)) return;
    report(where, of(shown(expected)), shown(found));
  };
  const asList = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);
  if (words.target !== undefined) compareTarget(document, words.target, differs);
  else if (document.target !== undefined) differs(["target"], words.targets, asList(document.target));
  differs(["model", "horizon"], words.horizons, asList(model.horizon));
  differs(["model", "output"], words.output, model.output);
  const written = document.features?.map(
    (feature): FullFeature => (typeof feature === "string" ? { field: feature, scale: "robust" } : feature),
  );
  if (written !== undefined) {
    const isFieldsAlone = written.every((feature) => "field" in feature) && document.add === undefined;
    const expected = isFieldsAlone ? words.features.filter((feature) => "field" in feature) : words.features;
    const isSame =
      expected.length === written.length &&
      expected.every((feature, i) =>
        isFieldsAlone ? written.some((own) => sameFeature(own, feature)) : sameFeature(written[i]!, feature),
      );
    if (!isSame) report(["features"], of(shown(expected)), shown(written));
  }
  if (document.add !== undefined && document.add.length > 0) {
    report(["add"], `nothing to be added to the features of "${model.file}"`, shown(document.add));
  }
  const { add: _, ...rest } = document;
  return {
    document: {
      ...rest,
      features: [...words.features],
      target:
        words.target === undefined
          ? [...words.targets]
          : { ...words.target, ...ownToSay(document, words.target) },
      model: { ...model, horizon: [...words.horizons], output: words.output },
    },
    problems,
  };
}

/** How words are spotted, or texts searched for, is the pipeline's to say, not the file's. */
const PIPELINES_OWN = ["spot", "most", "search"];

function ownToSay({ target }: Document, words: NonNullable<ModelWords["target"]>): object {
  if (typeof target !== "object" || Array.isArray(target)) return {};
  const isSame = Object.keys(words)[0]! in target;
  const own = Object.entries(target).filter(
    ([name, said]) => PIPELINES_OWN.includes(name) && said !== undefined,
  );
  return isSame ? Object.fromEntries(own) : {};
}

/** Says where a pipeline's target is not the one that its file was trained on. */
function compareTarget(
  { target }: Document,
  words: NonNullable<ModelWords["target"]>,
  differs: (where: Path, expected: unknown, found: unknown) => void,
): void {
  if (target === undefined) return;
  const [kind] = Object.keys(words);
  if (typeof target === "string" || Array.isArray(target) || !(kind! in target)) {
    differs(["target"], words, target);
    return;
  }
  for (const [name, own] of Object.entries(target)) {
    if (!PIPELINES_OWN.includes(name)) differs(["target", name], Reflect.get(words, name), own);
  }
}

/** As YAML has it in one line. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  if (value === null || typeof value !== "object") return String(value);
  const entries = Object.entries(value).map(([name, inner]) => `${name}: ${shown(inner)}`);
  return `{ ${entries.join(", ")} }`;
}
