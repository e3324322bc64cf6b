/*
 * How much the newest values differ from those any lag L ago: for a width w,
 *
 *     D_w[L] <- (1 - 1/w) D_w[L] + (v[t] - v[t-L])^2 / w
 *
 * No window is stored, and a step costs the same for any width. Of the wider two, what the levels differ by is taken
 * off, D_w[L] - (m_w[t] - m_w[t-L])^2 with m_w the running mean: a pattern is the same wherever its level lies.
 *
 * A key's memory is as large as the processor's nearer caches: all widths are dealt with in one pass over it.
 */

// @ts-ignore: decorator
@inline const W0: i32 = 4;
// @ts-ignore: decorator
@inline const W1: i32 = 8;
// @ts-ignore: decorator
@inline const W2: i32 = 32;
/** A lag counts once its profile has run over so many widths. */
// @ts-ignore: decorator
@inline const SETTLED: i32 = 3;

/**
 * Takes in v[t], and finds the smallest of each profile. Of width w lags from w to `known` - 3 w count.
 *
 * @param memory   [2 N] values, [2 N] their means over w = 8, [2 N] over w = 32, each written twice so that the newest
 *                 N stand in a row; then the profiles of w = 4, 8 and 32, [N] each, lag L at L - 1
 * @param head     where the newest stand; the new ones come before them
 * @param N        a multiple of 4
 * @param known    values there are, at most N
 * @param mean1    m_8[t]
 * @param mean2    m_32[t]
 * @param smallest [3] overwritten; Infinity where no lag counts
 */
export function lagProfiles(
  memory: usize,
  N: i32,
  head: i32,
  known: i32,
  value: f32,
  mean1: f32,
  mean2: f32,
  smallest: usize,
): void {
  const past = memory + (head << 2);
  const m1 = past + (N << 3);
  const m2 = m1 + (N << 3);
  const d0 = memory + 24 * N;
  const d1 = d0 + (N << 2);
  const d2 = d1 + (N << 2);
  // Here lags count at all widths; at the edges, at some.
  const from = min(W2, known);
  const to = max(from, (known - SETTLED * W2) & ~3);
  update(d0, d1, d2, past, 0, from, value);
  update(d0, d1, d2, past, to, known, value);

  let least0 = f32x4.splat(Infinity);
  let least1 = least0;
  let least2 = least0;
  const now = f32x4.splat(value);
  const now1 = f32x4.splat(mean1);
  const now2 = f32x4.splat(mean2);
  for (let i: usize = from << 2, end: usize = to << 2; i < end; i += 16) {
    const d = f32x4.sub(now, v128.load(past + i));
    const square = f32x4.mul(d, d);
    const a = updated(v128.load(d0 + i), square, W0);
    v128.store(d0 + i, a);
    least0 = f32x4.pmin(least0, a);
    const b = updated(v128.load(d1 + i), square, W1);
    v128.store(d1 + i, b);
    const apart1 = f32x4.sub(now1, v128.load(m1 + i));
    least1 = f32x4.pmin(least1, f32x4.sub(b, f32x4.mul(apart1, apart1)));
    const c = updated(v128.load(d2 + i), square, W2);
    v128.store(d2 + i, c);
    const apart2 = f32x4.sub(now2, v128.load(m2 + i));
    least2 = f32x4.pmin(least2, f32x4.sub(c, f32x4.mul(apart2, apart2)));
  }
  const end0 = known - SETTLED * W0;
  const end1 = known - SETTLED * W1;
  const end2 = known - SETTLED * W2;
  const rest0 = min(smallestOf(d0, W0 - 1, min(from, end0)), smallestOf(d0, to, end0));
  const rest1 = min(
    smallestCentred(d1, m1, W1 - 1, min(from, end1), mean1),
    smallestCentred(d1, m1, to, end1, mean1),
  );
  const rest2 = min(
    smallestCentred(d2, m2, W2 - 1, min(from, end2), mean2),
    smallestCentred(d2, m2, to, end2, mean2),
  );
  store<f32>(smallest, min(rest0, lanesMin(least0)));
  store<f32>(smallest, min(rest1, lanesMin(least1)), 4);
  store<f32>(smallest, min(rest2, lanesMin(least2)), 8);

  const next = head === 0 ? N - 1 : head - 1;
  put(memory, N, next, value);
  put(memory + (N << 3), N, next, mean1);
  put(memory + (N << 4), N, next, mean2);
}

/** In both of a ring's places. */
// @ts-ignore: decorator
@inline
function put(ring: usize, N: i32, at: i32, value: f32): void {
  store<f32>(ring + (at << 2), value);
  store<f32>(ring + ((at + N) << 2), value);
}

// @ts-ignore: decorator
@inline
function updated(D: v128, square: v128, w: i32): v128 {
  const rate: f32 = 1 / <f32>w;
  return f32x4.add(f32x4.mul(f32x4.splat(1 - rate), D), f32x4.mul(square, f32x4.splat(rate)));
}

/** All three profiles in [from, to), from a multiple of 4. */
function update(d0: usize, d1: usize, d2: usize, past: usize, from: i32, to: i32, value: f32): void {
  let i: usize = from << 2;
  const end: usize = to << 2;
  const now = f32x4.splat(value);
  for (; i + 16 <= end; i += 16) {
    const d = f32x4.sub(now, v128.load(past + i));
    const square = f32x4.mul(d, d);
    v128.store(d0 + i, updated(v128.load(d0 + i), square, W0));
    v128.store(d1 + i, updated(v128.load(d1 + i), square, W1));
    v128.store(d2 + i, updated(v128.load(d2 + i), square, W2));
  }
  for (; i < end; i += 4) {
    const d = value - load<f32>(past + i);
    const square = d * d;
    updateOne(d0 + i, square, W0);
    updateOne(d1 + i, square, W1);
    updateOne(d2 + i, square, W2);
  }
}

// @ts-ignore: decorator
@inline
function updateOne(D: usize, square: f32, w: i32): void {
  const rate: f32 = 1 / <f32>w;
  store<f32>(D, (1 - rate) * load<f32>(D) + square * rate);
}

/** Of D[from .. to). Infinity when that is empty. */
function smallestOf(D: usize, from: i32, to: i32): f32 {
  let least = f32x4.splat(Infinity);
  let i = from;
  for (; i + 4 <= to; i += 4) least = f32x4.pmin(least, v128.load(D + (i << 2)));
  let all = lanesMin(least);
  for (; i < to; i++) all = min(all, load<f32>(D + (i << 2)));
  return all;
}

/** Of D[i] - (mean - means[i])^2. */
function smallestCentred(D: usize, means: usize, from: i32, to: i32, mean: f32): f32 {
  let least = f32x4.splat(Infinity);
  const now = f32x4.splat(mean);
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const apart = f32x4.sub(now, v128.load(means + (i << 2)));
    least = f32x4.pmin(least, f32x4.sub(v128.load(D + (i << 2)), f32x4.mul(apart, apart)));
  }
  let all = lanesMin(least);
  for (; i < to; i++) {
    const apart = mean - load<f32>(means + (i << 2));
    all = min(all, load<f32>(D + (i << 2)) - apart * apart);
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
