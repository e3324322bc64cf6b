import { Composer, type CST, type Document, type LineCounter, Parser, visit } from "yaml";

const MAX_CHARACTERS = 1_048_576;
/** No pipeline nests deeper; the composer recurses, and a tower of brackets would overflow its stack. */
const MAX_DEPTH = 40;
/** Parts that one alias may stand for, aliases within aliases counted out. */
export const MAX_ALIASES = 100;

/** Something wrong with a text as YAML. */
export interface YamlFault {
  /** In characters, from 0. */
  readonly offset: number;
  readonly code: string;
  readonly message: string;
  /** The tree means nothing, or must not be built. */
  readonly fatal: boolean;
}

export interface ComposedYaml {
  readonly document: Document.Parsed | undefined;
  readonly faults: readonly YamlFault[];
}

/** Reads a text as one YAML document, refusing what is too large, too deep, endless or a bomb of aliases. */
export function composeYaml(text: string, lines: LineCounter): ComposedYaml {
  if (text.length > MAX_CHARACTERS) {
    return refused("TOO_LARGE", 0, `expected at most ${MAX_CHARACTERS} characters, found ${text.length}`);
  }
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const deep = tooDeep(tokens);
  if (deep !== undefined) {
    return refused("TOO_DEEP", deep, `expected at most ${MAX_DEPTH} levels of nesting, found more`);
  }
  const composer = new Composer({ lineCounter: lines, prettyErrors: false, logLevel: "error" });
  const [document, second] = composer.compose(tokens, true, text.length);
  if (document === undefined) return { document, faults: [] };

  const faults = [...syntaxFaults(document, text), ...aliasFaults(document)];
  if (second !== undefined) {
    faults.push({
      code: "SECOND_DOCUMENT",
      offset: second.range[0],
      message: "expected one pipeline in a file, found a second document",
      fatal: false,
    });
  }
  if (!faults.some((fault) => fault.fatal)) faults.push(...bombFaults(document));
  return { document: document as Document.Parsed, faults };
}

function refused(code: string, offset: number, message: string): ComposedYaml {
  return { document: undefined, faults: [{ code, offset, message, fatal: true }] };
}

function syntaxFaults({ errors, warnings }: Document, text: string): YamlFault[] {
  // Once the reader has lost its way, every further token is unexpected: the first one says enough.
  const lost = errors.findIndex((error) => error.code === "UNEXPECTED_TOKEN");
  const telling = errors.filter(({ code }, i) => code !== "UNEXPECTED_TOKEN" || i === lost);
  return [
    ...telling.map(({ code, message, pos }): YamlFault => {
      const offset = pos[0];
      return code === "DUPLICATE_KEY"
        ? {
            code: "DUPLICATE_FIELD",
            offset,
            message: "expected each field once, found a second of this name",
            fatal: false,
          }
        : { code: "YAML_SYNTAX", offset, message: `not YAML: ${message}${hint(text, offset)}`, fatal: true };
    }),
    ...warnings.map(
      ({ message, pos }): YamlFault => ({
        code: "YAML_TAG",
        offset: pos[0],
        message: `expected no YAML tags: ${message}`,
        fatal: false,
      }),
    ),
  ];
}

/** The usual slip: in flow style a bare `${NAME}` is a mapping. */
function hint(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1).split("\n", 1)[0] ?? "";
  return /[^"'\w]\$\{/.test(line) ? '; within { } and [ ] write "${' + 'NAME}" in quotes' : "";
}

/** An alias to nothing, or to what it stands in. */
function aliasFaults(document: Document): YamlFault[] {
  const faults: YamlFault[] = [];
  visit(document, {
    Alias: (_key, node, ancestors) => {
      const offset = node.range?.[0] ?? 0;
      const target = node.resolve(document);
      if (target === undefined) {
        const message = `expected an anchor &${node.source} above, found none`;
        faults.push({ code: "UNKNOWN_ALIAS", offset, message, fatal: true });
      } else if (ancestors.includes(target)) {
        const message = `expected *${node.source} outside of its own anchor, found it inside`;
        faults.push({ code: "ENDLESS_ALIAS", offset, message, fatal: true });
      }
    },
  });
  return faults;
}

/** Aliases of aliases of aliases. */
function bombFaults(document: Document): YamlFault[] {
  try {
    document.toJS({ maxAliasCount: MAX_ALIASES });
    return [];
  } catch {
    const message = `expected aliases to stand for at most ${MAX_ALIASES} parts, found more`;
    return [{ code: "TOO_MANY_ALIASES", offset: 0, message, fatal: true }];
  }
}

/** Offset of the first token that is nested too deeply, found without recursion. */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  const open: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > MAX_DEPTH) return token.offset;
    if ("value" in token && token.value) open.push({ token: token.value, depth });
    if (!("items" in token)) continue;
    for (const { key, value } of token.items) {
      if (key) open.push({ token: key, depth: depth + 1 });
      if (value) open.push({ token: value, depth: depth + 1 });
    }
  }
  return undefined;
}
