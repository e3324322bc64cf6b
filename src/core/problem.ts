/** The parts of a good error: what was attempted, on what, what was expected, what was there. */
export interface ProblemParts {
  readonly code: string;
  /** Infinitive: `load checkpoint`. */
  readonly action: string;
  /** On what: `"pump-7"`. */
  readonly on: string;
  readonly expected: string;
  readonly found: string;
  readonly cause?: unknown;
}

/**
 * Builds an error of the class that fits.
 *
 * `problem(RangeError, {...})` reads *Cannot load checkpoint "pump-7": expected weightHh [64, 16],
 * found [128, 32]*.
 */
export function problem<E extends Error>(
  Class: new (message: string, options?: { cause?: unknown }) => E,
  parts: ProblemParts,
): E & { code: string } {
  const message = `Cannot ${parts.action} ${parts.on}: expected ${parts.expected}, found ${parts.found}`;
  const options = parts.cause === undefined ? undefined : { cause: parts.cause };
  return Object.assign(new Class(message, options), { code: parts.code });
}
