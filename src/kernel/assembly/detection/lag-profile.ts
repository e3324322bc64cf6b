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
 * @param memory   rings of [N] values, [N] their means over w = 8, [N] over w = 32; then the profiles of w = 4, 8 and 32,
 *                 [N] each, lag L at L - 1
 * @param N        a multiple of 4
 * @param head     where the newest stand in the rings; the new ones come before them
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
  for (let i: usize = 0; i < 12; i += 4) store<f32>(smallest + i, Infinity);
  // Where the rings begin anew.
  const cut = min(known, N - head);
  stretch(memory, N, memory + (head << 2), 0, cut, known, value, mean1, mean2, smallest);
  stretch(memory, N, memory - (cut << 2), cut, known, known, value, mean1, mean2, smallest);

  const next = memory + ((head === 0 ? N - 1 : head - 1) << 2);
  store<f32>(next, value);
  store<f32>(next + (N << 2), mean1);
  store<f32>(next + (N << 3), mean2);
}

/**
 * The same of lags [first, last), which stand in a row in the rings.
 *
 * @param past where lag 1 would stand in the ring of values
 */
function stretch(
  memory: usize,
  N: i32,
  past: usize,
  first: i32,
  last: i32,
  known: i32,
  value: f32,
  mean1: f32,
  mean2: f32,
  smallest: usize,
): void {
  const m1 = past + (N << 2);
  const m2 = past + (N << 3);
  const d0 = memory + 12 * N;
  const d1 = d0 + (N << 2);
  const d2 = d1 + (N << 2);
  // Here lags count at all widths; at the edges, at some.
  const from = min(last, max(first, W2));
  const to = from + (max(0, min(last, known - SETTLED * W2) - from) & ~3);
  update(d0, d1, d2, past, first, from, value);
  update(d0, d1, d2, past, to, last, value);

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
  const end0 = min(last, known - SETTLED * W0);
  const end1 = min(last, known - SETTLED * W1);
  const end2 = min(last, known - SETTLED * W2);
  const rest0 = min(
    smallestOf(d0, max(first, W0 - 1), min(from, end0)),
    smallestOf(d0, max(to, W0 - 1), end0),
  );
  const rest1 = min(
    smallestCentred(d1, m1, max(first, W1 - 1), min(from, end1), mean1),
    smallestCentred(d1, m1, max(to, W1 - 1), end1, mean1),
  );
  const rest2 = min(
    smallestCentred(d2, m2, max(first, W2 - 1), min(from, end2), mean2),
    smallestCentred(d2, m2, max(to, W2 - 1), end2, mean2),
  );
  settle(smallest, min(rest0, lanesMin(least0)));
  settle(smallest + 4, min(rest1, lanesMin(least1)));
  settle(smallest + 8, min(rest2, lanesMin(least2)));
}

// @ts-ignore: decorator
@inline
function settle(smallest: usize, found: f32): void {
  store<f32>(smallest, min(load<f32>(smallest), found));
}

// @ts-ignore: decorator
@inline
function updated(D: v128, square: v128, w: i32): v128 {
  const rate: f32 = 1 / <f32>w;
  return f32x4.add(f32x4.mul(f32x4.splat(1 - rate), D), f32x4.mul(square, f32x4.splat(rate)));
}

/** All three profiles in [from, to). */
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
