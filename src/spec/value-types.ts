import { z } from "zod";
import { parseDuration, parseKeyTemplate, timeZone as readZone } from "../core/index.js";
import { isCount } from "./every.js";
import { parsePercent, parseSize } from "./size.js";

/**
 * The kinds of values that stand in a pipeline. Each knows, in words, what it expects: the same words
 * stand in error messages ("expected ..."), in the reference page and in the JSON Schema (`title`).
 */

/** A longer time than this is a slip of the pen. */
const LONGEST_MS = 36_500 * 86_400_000;

interface TextRules {
  /** What stands in "expected ...". */
  readonly words: string;
  /** Stable code of a text that is not one. */
  readonly code: string;
  /** Undefined if the text is fine; else why it isn't, or "" when the words say it all. */
  readonly check: (text: string) => string | undefined;
  /** For editors; `check` decides. */
  readonly pattern?: string;
}

/** A text with a rule. */
export function checkedText({ words, code, check, pattern }: TextRules) {
  return z
    .string(words)
    .check((context) => {
      const why = check(context.value);
      if (why === undefined) return;
      context.issues.push({
        code: "custom",
        input: context.value,
        message: why === "" ? words : `${words} (${why})`,
        params: { code },
      });
    })
    .meta(pattern === undefined ? { title: words } : { title: words, pattern });
}

/** Runs a reader of core or of this room: its refusal is the check's. */
function refusedBy(read: (text: string) => unknown): (text: string) => string | undefined {
  return (text) => {
    try {
      read(text);
      return undefined;
    } catch {
      return "";
    }
  };
}

const TIME_PATTERN = "(\\d+(\\.\\d+)?(ms|s|m|h|d))+";

/** A length of time over 0: `90s`, `1h30m`. */
export const duration = checkedText({
  words: "a duration over 0, such as 90s or 1h30m (units ms, s, m, h, d)",
  code: "BAD_DURATION",
  check: refusedBy((text) => {
    const ms = parseDuration(text);
    if (!(ms > 0 && ms <= LONGEST_MS)) throw new RangeError(text);
  }),
  pattern: `^${TIME_PATTERN}$`,
});

/** `256KiB` */
export const size = checkedText({
  words: "a size, such as 256KiB (units B, kB, MB, GB, KiB, MiB, GiB)",
  code: "BAD_SIZE",
  check: refusedBy((text) => {
    if (parseSize(text) === 0) throw new RangeError(text);
  }),
  pattern: "^\\d+(\\.\\d+)? ?(B|kB|MB|GB|KiB|MiB|GiB)$",
});

/** `20%` */
export const percent = checkedText({
  words: "a share over 0% and up to 100%, such as 20%",
  code: "BAD_PERCENT",
  check: refusedBy(parsePercent),
  pattern: "^\\d+(\\.\\d+)? ?%$",
});

export const fieldName = checkedText({
  words: "the name of a field",
  code: "BAD_FIELD_NAME",
  check: (text) => (text !== "" && text.length <= 256 ? undefined : "1 to 256 characters"),
  pattern: "^.{1,256}$",
});

/** Of a class or a symbol. */
export const className = checkedText({
  words: "the name of a class",
  code: "BAD_CLASS_NAME",
  check: (text) => (text !== "" && text.length <= 256 ? undefined : "1 to 256 characters"),
});

/** Whether it is a valid filter is a lint rule's to say, so that one bad filter hides nothing about the others. */
export const topicFilter = checkedText({
  words: "an MQTT topic filter",
  code: "BAD_TOPIC_FILTER",
  check: () => undefined,
});

/** A topic to publish below: no wildcards, not one of the broker's own. */
export const baseTopic = checkedText({
  words: "a topic without wildcards, such as eddy or site/eddy",
  code: "BAD_TOPIC",
  check: (text) => (text === "" || /[+#$\0]/.test(text) || text.split("/").includes("") ? "" : undefined),
  pattern: "^[^+#$/]+(/[^+#$/]+)*$",
});

export const keyTemplate = checkedText({
  words: "a key template: {topic[N]} (from 0), {FIELD}, anything else as it is",
  code: "BAD_KEY_TEMPLATE",
  check: (text) => {
    try {
      parseKeyTemplate(text);
      return undefined;
    } catch (error) {
      // The reader's own words hold the position: "... expected X at position N, found Y".
      return /expected (.*), found/.exec(String(error))?.[1] ?? "";
    }
  },
});

export const timeZone = checkedText({
  words: "an IANA time zone, such as Europe/Berlin",
  code: "BAD_TIME_ZONE",
  check: refusedBy(readZone),
});

/** An instant with its zone: `2025-01-01T00:00:00Z`. */
export const instant = checkedText({
  words: "a time in ISO 8601 with a zone, such as 2025-01-01T00:00:00Z",
  code: "BAD_TIME",
  check: (text) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text) &&
    Number.isFinite(Date.parse(text))
      ? undefined
      : "",
});

/** A whole number within bounds; without an upper one, up to 2^31 - 1. */
export function integer(min: number, max = 2 ** 31 - 1) {
  const words = max === 2 ** 31 - 1 ? `a whole number from ${min}` : `a whole number from ${min} to ${max}`;
  return z.number(words).int(words).min(min, words).max(max, words).meta({ title: words });
}

/** Any finite number. */
export const finite = z.number("a number").meta({ title: "a number" });

export const positive = z
  .number("a number over 0")
  .positive("a number over 0")
  .meta({ title: "a number over 0" });

export const nonNegative = z
  .number("a number from 0")
  .min(0, "a number from 0")
  .meta({ title: "a number from 0" });

export const share = z
  .number("a share from 0 to below 1")
  .min(0, "a share from 0 to below 1")
  .lt(1, "a share from 0 to below 1")
  .meta({ title: "a share from 0 to below 1" });

export const flag = z.boolean("true or false").meta({ title: "true or false" });

export function oneOf<const T extends readonly string[]>(values: T) {
  const words = `one of ${values.join(", ")}`;
  return z.enum(values, words).meta({ title: words });
}

/** A list with at least one element. */
export function listOf<T extends z.ZodType>(element: T, words: string) {
  return z.array(element, words).min(1, words).meta({ title: words });
}

/*
 * Where a value may take several forms, `z.xor` and not `z.union`: the latter reports only the form that
 * failed by an unknown field alone, and hides the ones that were meant.
 */

const count = checkedText({
  words: "a count such as 5000 events",
  code: "BAD_COUNT",
  check: (text) => (isCount(text) ? undefined : ""),
  pattern: "^[1-9]\\d{0,8} events?$",
});

/** How often: by time, or by count. */
export const every = z
  .xor([duration, count, integer(1)], "a duration such as 15m, or a count of events")
  .meta({ title: "a duration such as 15m, or a count of events" });

/** Says what a field means; it stands in the reference page and in the JSON Schema. */
export function about<T extends z.ZodType>(
  type: T,
  description: string,
  more: { readonly example?: unknown; readonly absent?: string } = {},
): T {
  return type.meta({
    description,
    ...("example" in more ? { examples: [more.example] } : {}),
    ...(more.absent === undefined ? {} : { "x-absent": more.absent }),
  });
}
