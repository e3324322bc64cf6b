import { builtinModules } from "node:module";
import { posix } from "node:path";

/** What docs/architecture.md says of one folder of src/. */
export interface Room {
  readonly mayImport: ReadonlySet<string>;
  readonly hasNode: boolean;
  readonly isExact: boolean;
}

export interface Architecture {
  readonly rooms: ReadonlyMap<string, Room>;
  /** Rooms that may import a dependency, by its name; `onnxruntime-*` stands for all that begin so. */
  readonly gateways: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Of Math, what every engine computes to the last bit. */
const EXACT_MATH = new Set(
  (
    "abs ceil floor round trunc sign sqrt min max fround imul clz32 " +
    "PI E LN2 LN10 LOG2E LOG10E SQRT2 SQRT1_2"
  ).split(" "),
);

/**
 * Reads the two tables of docs/architecture.md.
 *
 * @throws SyntaxError when a table is missing, or a cell says something else than it may
 */
export function parseArchitecture(markdown: string): Architecture {
  const rooms = new Map<string, Room>();
  for (const [room = "", , mayImport = "", node = "", exact = ""] of table(markdown, "room")) {
    rooms.set(room, {
      mayImport: new Set(mayImport === "all above" ? rooms.keys() : list(mayImport)),
      hasNode: isYes(node),
      isExact: isYes(exact),
    });
  }
  const gateways = new Map(
    table(markdown, "dependency").map(([dependency = "", only = ""]) => [dependency, new Set(list(only))]),
  );
  return { rooms, gateways };
}

/** Rows of the table whose first column has this heading. */
function table(markdown: string, heading: string): string[][] {
  const lines = markdown.split("\n");
  const start = lines.findIndex((line) => line.startsWith("|") && cells(line)[0] === heading);
  if (start < 0) throw new SyntaxError(`Cannot find the table headed "${heading}"`);
  const end = lines.findIndex((line, i) => i > start && !line.startsWith("|"));
  return lines.slice(start + 2, end < 0 ? lines.length : end).map(cells);
}

function cells(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function list(text: string): string[] {
  return text === "nothing" ? [] : text.split(",").map((item) => item.trim());
}

function isYes(text: string): boolean {
  if (text !== "yes" && text !== "no") throw new SyntaxError(`Cannot read "${text}": expected yes or no`);
  return text === "yes";
}

/**
 * What in a source file goes against the architecture, one sentence each, with the file and its line.
 *
 * @param path below src/, as in `cells/gru-cell.ts`; a file of src/ itself may import all rooms
 */
export function violations(architecture: Architecture, path: string, source: string): string[] {
  const parts = path.split("/");
  const name = parts.length > 1 ? (parts[0] ?? "") : "";
  const room = name === "" ? undefined : architecture.rooms.get(name);
  if (name !== "" && room === undefined) return [`${path}: the folder ${name} is in no row of the table`];

  const code = withoutComments(source);
  const found: string[] = [];
  const report = (index: number, what: string) =>
    found.push(`${path}:${code.slice(0, index).split("\n").length}: ${what}`);

  for (const { index, specifier } of importsOf(code)) {
    if (specifier.startsWith(".")) {
      const target = posix.join(posix.dirname(path), specifier);
      const [targetRoom = "", ...rest] = target.split("/");
      if (rest.length === 0 || targetRoom === name) continue;
      if (room && !room.mayImport.has(targetRoom)) report(index, `${name} may not import ${targetRoom}`);
      if (rest.join("/") !== "index.js")
        report(index, `${specifier} goes past the index.js of ${targetRoom}`);
    } else if (isNodeModule(specifier)) {
      if (room && !room.hasNode) report(index, `${name} may not use Node: ${specifier}`);
    } else {
      const only = gatewayOf(architecture, specifier);
      if (only && !only.has(name)) report(index, `${specifier} belongs to ${[...only].join(", ")} alone`);
    }
  }

  if (room && !room.hasNode) {
    for (const { index, 0: use } of code.matchAll(/(?<![\w.#$"'])(process\.\w+|Buffer\.\w+|__dirname)/g)) {
      report(index, `${name} may not use Node: ${use}`);
    }
  }
  if (room?.isExact) {
    for (const { index, 1: member = "" } of code.matchAll(/(?<![\w.$])Math\b(?:\s*\.\s*(\w+))?/g)) {
      if (!EXACT_MATH.has(member)) report(index, `${name} may not use Math${member && `.${member}`}`);
    }
    for (const { index } of code.matchAll(/\*\*/g)) report(index, `${name} may not use ** (it is Math.pow)`);
  }
  return found;
}

/** Comments become blanks, line by line, so that places stay; strings stay. */
function withoutComments(source: string): string {
  const token = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/.*|\/\*[\s\S]*?\*\//g;
  return source.replace(token, (text) => (text.startsWith("/") ? text.replace(/[^\n]/g, " ") : text));
}

/** Static imports and exports, type-only ones too, and dynamic and type imports with a literal name. */
function importsOf(code: string): { readonly index: number; readonly specifier: string }[] {
  const pattern = /\b(?:from|import|require)\s*\(?\s*["'`]([^"'`\n]+)["'`]/g;
  return [...code.matchAll(pattern)].map(({ index, 1: specifier = "" }) => ({ index, specifier }));
}

function isNodeModule(specifier: string): boolean {
  return specifier.startsWith("node:") || builtinModules.includes(specifier.split("/")[0] ?? "");
}

function gatewayOf(architecture: Architecture, specifier: string): ReadonlySet<string> | undefined {
  for (const [dependency, rooms] of architecture.gateways) {
    const matches = dependency.endsWith("*")
      ? specifier.startsWith(dependency.slice(0, -1))
      : specifier === dependency || specifier.startsWith(`${dependency}/`);
    if (matches) return rooms;
  }
  return undefined;
}
