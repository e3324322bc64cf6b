import { problem } from "../core/index.js";

/** Characters that mean something in topics, or are forbidden there: `%`, `/`, `+`, `#`, `$`, NUL, controls. */
const RESERVED = /[%/+#$\p{Cc}]/gu;

/**
 * A key as one level of a topic: reserved characters percent-encoded as their UTF-8 bytes, everything
 * else as it is. `decodeURIComponent` gives the key back.
 *
 * @throws RangeError code `EMPTY_KEY`
 */
export function encodeKey(key: string): string {
  if (key === "") {
    throw problem(RangeError, {
      code: "EMPTY_KEY",
      action: "build a topic for key",
      on: '""',
      expected: "a key of at least one character",
      found: "none",
    });
  }
  return key.replace(RESERVED, percentEncode);
}

function percentEncode(character: string): string {
  let encoded = "";
  for (const byte of new TextEncoder().encode(character)) {
    encoded += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/** Where one pipeline publishes and listens, as the outer contract names it. */
export interface Topics {
  prediction(key: string): string;
  alert(key: string): string;
  readonly status: string;
  readonly learning: string;
  readonly metrics: string;
  readonly deadLetter: string;
  request(command: string): string;
  /** Filter that takes in every request. */
  readonly requests: string;
}

/** @param base begins every topic, without a trailing slash: `eddy` */
export function topicsOf(base: string, pipeline: string): Topics {
  const root = `${base}/${encodeKey(pipeline)}`;
  return {
    prediction: (key) => `${root}/${encodeKey(key)}/prediction`,
    alert: (key) => `${root}/${encodeKey(key)}/alert`,
    status: `${root}/status`,
    learning: `${root}/learning`,
    metrics: `${root}/metrics`,
    deadLetter: `${root}/dead-letter`,
    request: (command) => `${root}/request/${encodeKey(command)}`,
    requests: `${root}/request/+`,
  };
}
