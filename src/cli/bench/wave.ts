const PERIOD = 50;

/** The n-th value of the bench's load, the given round's of a key: sine waves, each out of step with the others, and a little noise. */
export function wave(n: number, round: number, key: number): number {
  return Math.sin((2 * Math.PI * (round + 7 * key)) / PERIOD) + 0.01 * ((n * 7919) % 13);
}
