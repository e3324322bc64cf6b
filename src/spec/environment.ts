import { createHash } from "node:crypto";
import { isPair, isScalar, isSeq, type Scalar, visit, type Document as YamlDocument } from "yaml";
import type { Path } from "./problem.js";

/** Values of the environment, by name: `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A text of the file that held `${NAME}`. */
export interface Substitution {
  readonly node: Scalar;
  /** As it stands in the file. */
  readonly written: string;
  /** With the environment's values in place. */
  readonly value: string;
}

/** A `${...}` that could not be filled in. */
export interface Unfilled {
  readonly node: Scalar;
  readonly path: Path;
  /** `${NAME}` as it stands in the file. */
  readonly reference: string;
  readonly name: string;
}

const REFERENCE = /(\$?)\$\{([^}]*)\}/g;
/** A name of the environment. */
export const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The names that a text asks the environment for; `$${...}` asks for nothing. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(REFERENCE)].flatMap(([, dollar, name]) => (dollar === "" && name ? [name] : []));
}

/**
 * Fills `${NAME}` in the values (not the keys) of a YAML document from the environment, in place; `$${`
 * stands for `${` itself. It happens after YAML was read, so that a value can hold any character. What
 * is filled in stays a text: `retype` makes a number of it where the format asks for one.
 */
export function substitute(
  document: YamlDocument,
  environment: Environment,
): { substitutions: Substitution[]; unfilled: Unfilled[] } {
  const substitutions: Substitution[] = [];
  const unfilled: Unfilled[] = [];
  visit(document, {
    Scalar(key, node, ancestors) {
      const written = node.value;
      if (key === "key" || typeof written !== "string" || !written.includes("${")) return;
      const value = written.replace(REFERENCE, (reference: string, dollar: string, name: string) => {
        if (dollar === "$") return reference.slice(1);
        const filled = NAME.test(name) && Object.hasOwn(environment, name) ? environment[name] : undefined;
        if (filled === undefined)
          unfilled.push({ node, path: pathOf([...ancestors, node]), reference, name });
        return filled ?? reference;
      });
      node.value = value;
      substitutions.push({ node, written, value });
    },
  });
  return { substitutions, unfilled };
}

/** The path of the last of these nodes, each within the one before. */
function pathOf(nodes: readonly unknown[]): Path {
  return nodes.flatMap((node, i): Path => {
    if (isSeq(node)) return [node.items.indexOf(nodes[i + 1])];
    return isPair(node) && isScalar(node.key) ? [String(node.key.value)] : [];
  });
}

/** A number, or true or false, of a text from the environment; undefined if it is neither. */
export function retype(text: string): number | boolean | undefined {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : undefined;
}

/** Says whether a value of the environment is another one, without saying what it is: 8 hex digits. */
export function digest(value: string): string {
  return createHash("sha256").update(value).digest("hex").slice(0, 8);
}

/**
 * Puts `${NAME}` back where the environment's values went, so that no secret is shown.
 *
 * @param value of the file's words, in their full form
 * @param texts resolved text -> as written
 * @param paths where a text became a number, with what was written
 */
export function asWritten<T>(
  value: T,
  texts: ReadonlyMap<string, string>,
  paths: readonly { readonly path: Path; readonly written: string }[] = [],
): T {
  const walk = (part: unknown): unknown => {
    if (typeof part === "string") return texts.get(part) ?? part;
    if (Array.isArray(part)) return part.map(walk);
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, walk(inner)]));
  };
  const copy = walk(value);
  for (const { path, written } of paths) putAt(copy, path, written);
  return copy as T;
}

/** Puts a text at a path; where the full form grew around a single value, at its first entry. */
function putAt(root: unknown, path: Path, written: string): void {
  let holder = root;
  const steps = [...path];
  while (steps.length > 0 && holder !== null && typeof holder === "object") {
    const step = String(steps.shift());
    const entries = holder as Record<string, unknown>;
    const inner = entries[step];
    if (steps.length === 0) {
      const first = inner !== null && typeof inner === "object" ? Object.keys(inner)[0] : undefined;
      if (first === undefined) entries[step] = written;
      else steps.push(first);
    }
    holder = inner;
  }
}
