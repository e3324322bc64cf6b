/** Bounds of the pause between two attempts to connect. */
export interface ReconnectOptions {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Exponential back-off with jitter: min(maxMs, minMs 2^failures) (1 + u) / 2, so that a thousand boxes
 * whose broker restarts do not all come back at once.
 *
 * @param failures attempts that have failed in a row, less one
 * @param uniform  u in [0, 1)
 * @returns milliseconds, between half the bound and the bound
 */
export function backoffMs(failures: number, { minMs, maxMs }: ReconnectOptions, uniform: number): number {
  return (Math.min(maxMs, minMs * 2 ** failures) * (1 + uniform)) / 2;
}
