// Random numbers that are the same in every run: Mulberry32 (Tommy Ettinger).

/** @param {number} seed */
export function random(seed) {
  let state = seed;
  /** In [0, 1). */
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  /** Mean 0, standard deviation 1: the sum of twelve (Irwin and Hall). */
  const normal = () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += uniform();
    return sum;
  };
  return { uniform, normal };
}
