import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node } from "yaml";
import { composeYaml, MAX_ALIASES } from "./compose-yaml.js";
import {
  asWritten,
  type Environment,
  NAME,
  type Substitution,
  substitute,
  type Unfilled,
} from "./environment.js";
import { type Path, type Position, type Problem, problemAt } from "./problem.js";

const TOP: Position = { line: 1, column: 1 };

/** What stands at a path, or at as much of it as is there. */
interface Found {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
  /** How many steps of the path could be taken. */
  readonly depth: number;
  readonly isThere: boolean;
}

/** A pipeline's text, read as YAML: its tree, and where in the text each part of the tree stands. */
export class YamlSource {
  /** What is wrong with the text as YAML, or with its `${NAME}`. */
  readonly problems: readonly Problem[];
  /** False when the tree means nothing: then only `problems` count. */
  readonly isReadable: boolean;
  readonly substitutions: readonly Substitution[];
  readonly #unfilled: readonly Unfilled[];
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed | undefined;

  constructor(text: string, environment: Environment) {
    this.#text = text;
    const { document, faults } = composeYaml(text, this.#lines);
    this.#document = document;
    this.isReadable = document !== undefined && !faults.some((fault) => fault.fatal);
    const { substitutions, unfilled } =
      document !== undefined && this.isReadable
        ? substitute(document, environment)
        : { substitutions: [], unfilled: [] };
    this.substitutions = substitutions;
    this.#unfilled = unfilled;
    this.problems = [
      ...faults.map(({ offset, code, message }) =>
        problemAt(this.#at(offset), [], { severity: "error", code, message }),
      ),
      ...unfilled.map((one) => this.#unfilledProblem(one)),
    ];
  }

  /** The values as JavaScript's own, environment filled in. */
  tree(): unknown {
    return this.#document?.toJS({ maxAliasCount: MAX_ALIASES });
  }

  /** Where the value at a path begins; of what is not there, its nearest holder's name. */
  positionOf(path: Path): Position {
    const { key, value, isThere } = this.#find(path);
    return this.#atNode(isThere ? (value ?? key) : (key ?? value));
  }

  /** The path as far as the file has it, where a short form stands for what the path goes into. */
  shortForm(path: Path): Path {
    const { value, depth } = this.#find(path);
    return isScalar(this.#resolved(value)) ? path.slice(0, depth) : path;
  }

  /** Where the name of the field at a path stands. */
  positionOfName(path: Path): Position {
    const { key, value } = this.#find(path);
    return this.#atNode(key ?? value);
  }

  has(path: Path): boolean {
    return this.#find(path).isThere;
  }

  /** The `${NAME}` text at a path, if the value there was one. */
  substitutionAt(path: Path): Substitution | undefined {
    const { value, isThere } = this.#find(path);
    const node = isThere ? this.#resolved(value) : undefined;
    return this.substitutions.find((one) => one.node === node);
  }

  /** The value at a path waits for an environment that lacks it: what the format says of it means nothing. */
  isUnfilled(path: Path): boolean {
    const node = this.substitutionAt(path)?.node;
    return this.#unfilled.some((one) => one.node === node);
  }

  /** A value as the file has it, for showing: `${NAME}` where the environment's values went. */
  asWritten(value: unknown): unknown {
    return asWritten(value, this.writtenTexts());
  }

  /** A message in which texts of the environment that stand in quotes are as the file has them. */
  quotedAsWritten(message: string): string {
    return this.substitutions.reduce(
      (text, { value, written }) => text.replaceAll(`"${value}"`, () => `"${written}"`),
      message,
    );
  }

  /** Texts that came from the environment -> how the file has them. */
  writtenTexts(): ReadonlyMap<string, string> {
    return new Map(this.substitutions.map(({ value, written }) => [value, written]));
  }

  #unfilledProblem({ node, path, reference, name }: Unfilled): Problem {
    const [from, to] = node.range ?? [0, 0];
    // In a folded or escaped text the reference may be spelt otherwise: then the text's beginning must do.
    const at = Math.max(0, this.#text.slice(from, to).indexOf(reference));
    const message = NAME.test(name)
      ? `expected ${name} in the environment, found nothing`
      : `expected \${NAME} of letters, digits and _, found ${reference}`;
    return problemAt(this.#at(from + at), path, { severity: "error", code: "MISSING_ENVIRONMENT", message });
  }

  /** Follows a path as far as it goes; an alias counts as what it stands for. */
  #find(path: Path): Found {
    let key: Node | undefined;
    let value: Node | undefined = this.#document?.contents ?? undefined;
    for (const [depth, step] of path.entries()) {
      const holder = this.#resolved(value);
      if (isMap<Node, Node | null>(holder)) {
        const pair = holder.items.find((one) => isScalar(one.key) && String(one.key.value) === String(step));
        if (pair === undefined) return { key, value, depth, isThere: false };
        key = pair.key;
        value = pair.value ?? undefined;
      } else if (isSeq<Node>(holder) && typeof step === "number" && step < holder.items.length) {
        key = undefined;
        value = holder.items[step];
      } else {
        return { key, value, depth, isThere: false };
      }
    }
    return { key, value, depth: path.length, isThere: true };
  }

  #resolved(node: Node | undefined): Node | undefined {
    return isAlias(node) && this.#document !== undefined ? node.resolve(this.#document) : node;
  }

  #atNode(node: Node | undefined): Position {
    return node === undefined || node === this.#document?.contents ? TOP : this.#at(node.range?.[0] ?? 0);
  }

  #at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return line === 0 ? TOP : { line, column: col };
  }
}
