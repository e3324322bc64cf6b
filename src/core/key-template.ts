import { problem } from "./problem.js";

/** How a sample's key is made of its topic and its fields: `{topic[1]}`, `{site}/{machine}`. */
export interface KeyTemplate {
  /** The template as it was written. */
  readonly text: string;
  /** It asks for a level of the topic. */
  readonly needsTopic: boolean;
  /** Topic levels it asks for, from 0, ascending, each once. */
  readonly topicLevels: readonly number[];
  /** Fields it asks for, in order of appearance, each once. */
  readonly fields: readonly string[];
  /**
   * The key of one sample.
   *
   * @param topicLevels the topic, split at `/`; undefined where there is none (a file without that column)
   * @param values      the payload's fields; a number is written as `String()` writes it
   * @returns undefined if a level or field is missing, or is neither a string, a finite number nor a boolean
   */
  render(
    topicLevels: readonly string[] | undefined,
    values: Readonly<Record<string, unknown>>,
  ): string | undefined;
}

type Part = { readonly literal: string } | { readonly level: number } | { readonly field: string };

/**
 * Reads a key template: `{topic[N]}` is the topic's level N (from 0), `{FIELD}` a field of the payload,
 * anything else stands for itself.
 *
 * @throws SyntaxError code `BAD_KEY_TEMPLATE`, with the position (from 1) of the brace it stumbled over
 */
export function parseKeyTemplate(text: string): KeyTemplate {
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf("{", at);
    if (open !== at) parts.push({ literal: text.slice(at, open < 0 ? text.length : open) });
    if (open < 0) break;
    const close = text.indexOf("}", open);
    if (close < 0) throw badTemplate(text, open, 'a closing "}"', "the end");
    parts.push(readPlaceholder(text, open, close));
    at = close + 1;
  }
  if (parts.length === 0) throw badTemplate(text, 0, "a text or a placeholder", "nothing");

  const levels = new Set(parts.flatMap((part) => ("level" in part ? [part.level] : [])));
  return {
    text,
    needsTopic: levels.size > 0,
    topicLevels: [...levels].sort((a, b) => a - b),
    fields: [...new Set(parts.flatMap((part) => ("field" in part ? [part.field] : [])))],
    render: (topicLevels, values) => render(parts, topicLevels, values),
  };
}

function readPlaceholder(text: string, open: number, close: number): Part {
  const inside = text.slice(open + 1, close);
  const level = /^topic\[(0|[1-9]\d{0,4})\]$/.exec(inside)?.[1];
  if (level !== undefined) return { level: Number(level) };
  if (inside === "" || inside.includes("{") || inside.startsWith("topic[")) {
    throw badTemplate(text, open, "{topic[N]} with N from 0, or {FIELD}", text.slice(open, close + 1));
  }
  return { field: inside };
}

function render(
  parts: readonly Part[],
  topicLevels: readonly string[] | undefined,
  values: Readonly<Record<string, unknown>>,
): string | undefined {
  let key = "";
  for (const part of parts) {
    const piece =
      "literal" in part
        ? part.literal
        : "level" in part
          ? topicLevels?.[part.level]
          : Object.hasOwn(values, part.field)
            ? asText(values[part.field])
            : undefined;
    if (piece === undefined) return undefined;
    key += piece;
  }
  return key;
}

function asText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  return typeof value === "number" && Number.isFinite(value) ? String(value) : undefined;
}

function badTemplate(text: string, at: number, expected: string, found: string): SyntaxError {
  return problem(SyntaxError, {
    code: "BAD_KEY_TEMPLATE",
    action: "read key template",
    on: JSON.stringify(text),
    expected: `${expected} at position ${at + 1}`,
    found,
  });
}
