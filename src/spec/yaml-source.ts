import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Parser,
  visit,
} from "yaml";
import {
  asWritten,
  type Environment,
  type Substitution,
  substitute,
  substitutionOf,
  type Unfilled,
} from "./environment.js";
import { type Path, type Position, type Problem, problemAt } from "./problem.js";

const MAX_CHARACTERS = 1_048_576;
/** No pipeline nests deeper; the composer recurses, and a tower of brackets would overflow its stack. */
const MAX_DEPTH = 40;
const MAX_ALIASES = 100;
const TOP: Position = { line: 1, column: 1 };

/** A pipeline's text, read as YAML: its tree, and where in the text each part of the tree stands. */
export class YamlSource {
  /** What is wrong with the text as YAML, or with its `${NAME}`. */
  readonly problems: Problem[] = [];
  readonly substitutions: readonly Substitution[] = [];
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed | undefined;
  readonly #unfilled: readonly Unfilled[] = [];
  #readable = true;

  constructor(text: string, environment: Environment) {
    this.#text = text;
    this.#document = this.#compose();
    if (this.#document === undefined || !this.#readable) return;
    this.#checkAliases(this.#document);
    const { substitutions, unfilled } = substitute(this.#document, environment);
    this.substitutions = substitutions;
    this.#unfilled = unfilled;
    for (const one of unfilled) this.#reportUnfilled(one);
  }

  /** False when the tree means nothing: then only `problems` count. */
  get readable(): boolean {
    return this.#readable;
  }

  /** The values as JavaScript's own, environment filled in. */
  tree(): unknown {
    return this.#document?.toJS({ maxAliasCount: MAX_ALIASES });
  }

  /** Where the value at a path begins; of what is not there, its nearest holder's name. */
  positionOf(path: Path): Position {
    const found = this.#find(path);
    return this.#at(found.complete ? (found.value ?? found.key) : (found.key ?? found.value));
  }

  /** Where the name of the field at a path stands. */
  positionOfName(path: Path): Position {
    const { key, value } = this.#find(path);
    return this.#at(key ?? value);
  }

  has(path: Path): boolean {
    return this.#find(path).complete;
  }

  /** The `${NAME}` text at a path, if the value there was one. */
  substitutionAt(path: Path): Substitution | undefined {
    const { complete, value } = this.#find(path);
    return complete ? substitutionOf(this.substitutions, this.#resolved(value)) : undefined;
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

  /** Texts that came from the environment -> how the file has them. */
  writtenTexts(): ReadonlyMap<string, string> {
    return new Map(this.substitutions.map(({ value, written }) => [value, written]));
  }

  #compose(): Document.Parsed | undefined {
    if (this.#text.length > MAX_CHARACTERS) {
      return this.#refuse(
        TOP,
        "TOO_LARGE",
        `expected at most ${MAX_CHARACTERS} characters, found ${this.#text.length}`,
      );
    }
    const tokens = [...new Parser(this.#lines.addNewLine).parse(this.#text)];
    const deep = tooDeep(tokens);
    if (deep !== undefined) {
      return this.#refuse(
        this.#atOffset(deep),
        "TOO_DEEP",
        `expected at most ${MAX_DEPTH} levels of nesting, found more`,
      );
    }
    const composer = new Composer({ lineCounter: this.#lines, prettyErrors: false, logLevel: "error" });
    const [document, second] = composer.compose(tokens, true, this.#text.length);
    for (const { code, message, pos } of document?.errors ?? []) {
      const position = this.#atOffset(pos[0]);
      if (code === "DUPLICATE_KEY") {
        this.#report(position, "DUPLICATE_FIELD", "expected each field once, found a second of this name");
      } else {
        this.#refuse(position, "YAML_SYNTAX", `not YAML: ${message}`);
      }
    }
    for (const { message, pos } of document?.warnings ?? []) {
      this.#report(this.#atOffset(pos[0]), "YAML_TAG", `expected no YAML tags: ${message}`);
    }
    if (second !== undefined) {
      const position = this.#atOffset(second.range[0]);
      this.#report(position, "SECOND_DOCUMENT", "expected one pipeline in a file, found a second document");
    }
    return document as Document.Parsed | undefined;
  }

  /** An alias to nothing, to what it stands in, or one of very many. */
  #checkAliases(document: Document.Parsed): void {
    visit(document, {
      Alias: (_key, node, ancestors) => {
        const target = node.resolve(document);
        if (target === undefined) {
          this.#refuse(
            this.#at(node),
            "UNKNOWN_ALIAS",
            `expected an anchor &${node.source} above, found none`,
          );
        } else if (ancestors.includes(target)) {
          this.#refuse(this.#at(node), "ENDLESS_ALIAS", `expected *${node.source} outside of its own anchor`);
        }
      },
    });
    if (!this.#readable) return;
    try {
      this.tree();
    } catch {
      this.#refuse(
        TOP,
        "TOO_MANY_ALIASES",
        `expected aliases to stand for at most ${MAX_ALIASES} parts each, found more`,
      );
    }
  }

  #reportUnfilled({ node, reference, name }: Unfilled): void {
    const [from, to] = node.range ?? [0, 0];
    // In a folded or escaped text the reference may be spelt otherwise: then the text's beginning must do.
    const at = this.#text.slice(from, to).indexOf(reference);
    const message = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
      ? `expected ${name} in the environment, found nothing`
      : `expected \${NAME} of letters, digits and _, found ${reference}`;
    this.#report(this.#atOffset(from + Math.max(0, at)), "MISSING_ENVIRONMENT", message);
  }

  #report(position: Position, code: string, message: string): void {
    this.problems.push(problemAt(position, [], { severity: "error", code, message }));
  }

  #refuse(position: Position, code: string, message: string): undefined {
    this.#readable = false;
    this.#report(position, code, message);
  }

  /** Follows a path as far as it goes; an alias counts as what it stands for. */
  #find(path: Path): { key: Node | undefined; value: Node | undefined; complete: boolean } {
    let key: Node | undefined;
    let value: Node | undefined = this.#document?.contents ?? undefined;
    for (const step of path) {
      const holder = this.#resolved(value);
      if (isMap<Node, Node | null>(holder)) {
        const pair = holder.items.find((one) => isScalar(one.key) && String(one.key.value) === String(step));
        if (pair === undefined) return { key, value, complete: false };
        key = pair.key;
        value = pair.value ?? undefined;
      } else if (isSeq<Node>(holder) && typeof step === "number" && step < holder.items.length) {
        key = undefined;
        value = holder.items[step];
      } else {
        return { key, value, complete: false };
      }
    }
    return { key, value, complete: true };
  }

  #resolved(node: Node | undefined): Node | undefined {
    return isAlias(node) && this.#document !== undefined ? node.resolve(this.#document) : node;
  }

  #at(node: Node | undefined): Position {
    return node === undefined || node === this.#document?.contents
      ? TOP
      : this.#atOffset(node.range?.[0] ?? 0);
  }

  #atOffset(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return line === 0 ? TOP : { line, column: col };
  }
}

/** Offset of the first token that is nested too deeply, found without recursion. */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  const open: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > MAX_DEPTH) return "offset" in token ? token.offset : 0;
    if ("value" in token && token.value) open.push({ token: token.value, depth });
    if (!("items" in token)) continue;
    for (const { key, value } of token.items) {
      if (key) open.push({ token: key, depth: depth + 1 });
      if (value) open.push({ token: value, depth: depth + 1 });
    }
  }
  return undefined;
}
