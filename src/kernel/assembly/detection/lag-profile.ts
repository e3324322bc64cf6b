/*
 * How much the newest values differ from those any lag L ago: for a width w,
 *
 *     D_w[L] <- (1 - 1/w) D_w[L] + (v[t] - v[t-L])^2 / w
 *
 * No window is stored, and a step costs the same for any width.
 */

/**
 * Takes in v[t].
 *
 * @param D     [count] of a width, lag L at L - 1, changed in place
 * @param past  [count] v[t-1], v[t-2], ...
 * @param value v[t]
 * @param rate  1/w
 */
export function lagProfile(D: usize, past: usize, count: usize, value: f32, rate: f32): void {
  const kept = f32x4.splat(1 - rate);
  const taken = f32x4.splat(rate);
  const now = f32x4.splat(value);
  const size = count << 2;
  let i: usize = 0;
  for (; i + 32 <= size; i += 32) {
    const d = f32x4.sub(now, v128.load(past + i));
    const e = f32x4.sub(now, v128.load(past + i, 16));
    const a = f32x4.mul(kept, v128.load(D + i));
    const b = f32x4.mul(kept, v128.load(D + i, 16));
    v128.store(D + i, f32x4.add(a, f32x4.mul(f32x4.mul(d, d), taken)));
    v128.store(D + i, f32x4.add(b, f32x4.mul(f32x4.mul(e, e), taken)), 16);
  }
  for (; i < size; i += 4) {
    const d = value - load<f32>(past + i);
    store<f32>(D + i, (1 - rate) * load<f32>(D + i) + d * d * rate);
  }
}

/** The smallest of D[from .. to). Infinity when that is empty. */
export function smallest(D: usize, from: usize, to: usize): f32 {
  let least = f32x4.splat(Infinity);
  let i = from << 2;
  const end = to << 2;
  for (; i + 16 <= end; i += 16) least = f32x4.pmin(least, v128.load(D + i));
  let all = lanesMin(least);
  for (; i < end; i += 4) all = min(all, load<f32>(D + i));
  return all;
}

/**
 * The smallest of D[i] - (mean - means[i])^2 in [from, to): a pattern is the same wherever its level lies.
 *
 * @param means [count] running means, of v[t-1], v[t-2], ...
 * @param mean  the newest
 */
export function smallestCentred(D: usize, means: usize, from: usize, to: usize, mean: f32): f32 {
  let least = f32x4.splat(Infinity);
  const now = f32x4.splat(mean);
  let i = from << 2;
  const end = to << 2;
  for (; i + 16 <= end; i += 16) {
    const apart = f32x4.sub(now, v128.load(means + i));
    least = f32x4.pmin(least, f32x4.sub(v128.load(D + i), f32x4.mul(apart, apart)));
  }
  let all = lanesMin(least);
  for (; i < end; i += 4) {
    const apart = mean - load<f32>(means + i);
    all = min(all, load<f32>(D + i) - apart * apart);
  }
  return all;
}

// @ts-ignore: decorator
@inline
function lanesMin(v: v128): f32 {
  return min(
    min(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    min(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}
