const HASH = 0x23;
const PLUS = 0x2b;
const SLASH = 0x2f;
const DOLLAR = 0x24;

/** Longest topic or filter in UTF-8 bytes (MQTT 5, 1.5.4). */
const MOST_BYTES = 65_535;

function fits(text: string): boolean {
  if (text.length === 0 || text.includes("\0")) return false;
  return text.length * 3 <= MOST_BYTES || new TextEncoder().encode(text).length <= MOST_BYTES;
}

/** True if a message may be published to it: not empty, at most 65,535 bytes, no `+`, `#` or NUL (MQTT 5, 4.7). */
export function validTopic(topic: string): boolean {
  return fits(topic) && !topic.includes("+") && !topic.includes("#");
}

/** True if it may be subscribed to: `+` fills a level, `#` fills the last one (MQTT 5, 4.7.1). */
export function validFilter(filter: string): boolean {
  if (!fits(filter)) return false;
  const levels = filter.split("/");
  return levels.every(
    (level, at) =>
      level === "+" ||
      (level === "#" && at === levels.length - 1) ||
      (!level.includes("+") && !level.includes("#")),
  );
}

function isWildcard(code: number): boolean {
  return code === PLUS || code === HASH;
}

function levelEnd(text: string, from: number): number {
  const end = text.indexOf("/", from);
  return end < 0 ? text.length : end;
}

/**
 * True if a message to `topic` reaches a subscription to `filter`: `+` stands for one level, `#` for any
 * number of them, the parent included; topics that begin with `$` are not met by a leading wildcard
 * (MQTT 5, 4.7). Runs once per packet, so it allocates nothing.
 *
 * @param filter a valid filter
 * @param topic  a valid topic
 */
export function matches(filter: string, topic: string): boolean {
  if (topic.charCodeAt(0) === DOLLAR && isWildcard(filter.charCodeAt(0))) return false;
  let f = 0;
  let t = 0;
  for (;;) {
    const first = filter.charCodeAt(f);
    if (first === HASH) return true;
    const topicEnd = levelEnd(topic, t);
    if (first === PLUS) {
      f++;
    } else {
      for (; t < topicEnd; t++, f++) if (filter.charCodeAt(f) !== topic.charCodeAt(t)) return false;
      if (f < filter.length && filter.charCodeAt(f) !== SLASH) return false;
    }
    // Both stand behind their level now.
    if (topicEnd === topic.length) {
      return f === filter.length || (f + 2 === filter.length && filter.charCodeAt(f + 1) === HASH);
    }
    if (f === filter.length) return false;
    f++;
    t = topicEnd + 1;
  }
}

/** True if some topic matches both filters. */
export function overlaps(a: string, b: string): boolean {
  const left = a.split("/");
  const right = b.split("/");
  for (let i = 0; ; i++) {
    const l = left[i];
    const r = right[i];
    if (i === 0 && (isDollarAgainstWildcard(l, r) || isDollarAgainstWildcard(r, l))) return false;
    // `#` also stands for no level at all, so it meets a filter that has just ended; but `/#` and `+` have
    // the empty topic in common, which is none.
    if (l === "#") return r !== undefined || i > 1 || left[0] !== "";
    if (r === "#") return l !== undefined || i > 1 || right[0] !== "";
    if (l === undefined || r === undefined) return l === r;
    if (l !== r && l !== "+" && r !== "+") return false;
  }
}

function isDollarAgainstWildcard(level: string | undefined, other: string | undefined): boolean {
  return level?.startsWith("$") === true && (other === "+" || other === "#");
}
