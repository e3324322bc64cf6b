/*
 * How much the newest values differ from those any lag L ago: for a width w,
 *
 *     D_w[L] <- (1 - 1/w) D_w[L] + (v[t] - v[t-L])^2 / w
 *
 * No window is stored, and a step costs the same for any width. Of the wider two, what the levels differ by is taken
 * off, V_w[L] = D_w[L] - (m_w[t] - m_w[t-L])^2 with m_w the running mean: a pattern is the same wherever its level lies.
 *
 * Asked for is the smallest V_w over all lags. From one step to the next it falls to (1 - 1/w) of itself at most, so that a
 * block of lags whose smallest were large cannot hold the smallest of all for so many steps: it waits, and takes them all at
 * once, with its profiles in registers; those of all widths, which have the squares in common. A key's memory is larger than
 * the processor's nearer caches, and most of it is left alone in most steps.
 *
 * Profiles are kept as w D_w: one multiplication less, and the same bits, since w is a power of 2.
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

/** Lags of a block. */
// @ts-ignore: decorator
@inline const BLOCK: i32 = 64;
/** Steps that a block may wait for. */
// @ts-ignore: decorator
@inline const LONGEST: i32 = 128;
/** The rings of values and means are longer than N by so much: what blocks wait for, and room so that they need not turn. */
// @ts-ignore: decorator
@inline const SPARE: i32 = 256;
/** A bound falls faster than rounding lets a profile; less a level that is large, V may still be off by what float32 is. */
// @ts-ignore: decorator
@inline const LESS: f32 = 1 - 1 / <f32>1048576;

/**
 * What begins a key's memory. Behind it stand three rings, of values and their means over 8 and 32; the profile of each width;
 * the bounds of its blocks (no lag of the block has a smaller V_w), of each width too; and when blocks were last looked at.
 */
@unmanaged
class Lags {
  /** [3] the smallest V_4, V_8, V_32 as of the newest value; Infinity where no lag counts. */
  least0: f32;
  least1: f32;
  least2: f32;
  /** [3] the blocks that hold them. */
  best0: i32;
  best1: i32;
  best2: i32;
  /** N, a multiple of 4. */
  places: i32;
  /** Where the newest value stands in the rings; older ones follow. */
  head: i32;
  /** Values so far, at most N; and what that was in the step before. */
  known: i32;
  knownBefore: i32;
  /** Steps so far; it may overflow. */
  now: i32;
  unused: i32;
  /** m_8, m_32 */
  level1: f64;
  level2: f64;
}

// @ts-ignore: decorator
@inline
function ring(lags: Lags): usize {
  return changetype<usize>(lags) + offsetof<Lags>();
}

// @ts-ignore: decorator
@inline
function ringBytes(lags: Lags): usize {
  return (lags.places + SPARE) << 2;
}

/** Of a width of this number. */
// @ts-ignore: decorator
@inline
function profile(lags: Lags, which: i32): usize {
  return ring(lags) + 3 * ringBytes(lags) + ((which * lags.places) << 2);
}

/** A number for each block, in fours. */
// @ts-ignore: decorator
@inline
function blocksBytes(places: i32): usize {
  return ((places + 4 * BLOCK - 1) / (4 * BLOCK)) << 4;
}

/** Of a width of this number. */
// @ts-ignore: decorator
@inline
function bounds(lags: Lags, which: i32): usize {
  return profile(lags, 3) + <usize>which * blocksBytes(lags.places);
}

// @ts-ignore: decorator
@inline
function stamps(lags: Lags): usize {
  return bounds(lags, 3);
}

/** Bytes of memory for N places; it begins with [3] the smallest V_4, V_8, V_32 as of the newest value. */
export function lagProfileBytes(places: i32): usize {
  return offsetof<Lags>() + 12 * (places + SPARE) + 12 * places + 4 * blocksBytes(places);
}

/** @param at zeros, of `lagProfileBytes` */
export function beginLagProfiles(at: usize, places: i32): void {
  const lags = changetype<Lags>(at);
  lags.places = places;
  lags.head = places + SPARE;
}

/** Whether that is a memory of so many places that `lagProfiles` may be left to: it may have come from a damaged file. */
export function areLagProfiles(at: usize, places: i32): bool {
  const lags = changetype<Lags>(at);
  const known = lags.known;
  if (lags.places !== places || known < 0 || known > places) return false;
  if (lags.knownBefore < 0 || lags.knownBefore > known) return false;
  if (lags.head < 0 || lags.head > places + SPARE - known) return false;
  const blocks = (places + BLOCK - 1) / BLOCK;
  if (<u32>lags.best0 >= <u32>blocks || <u32>lags.best1 >= <u32>blocks || <u32>lags.best2 >= <u32>blocks) return false;
  for (let block = 0; block * BLOCK < lags.knownBefore; block++) {
    if (<u32>(lags.now - load<i32>(stamps(lags) + (block << 2))) >= <u32>LONGEST) return false;
  }
  return true;
}

/** Takes over what stands in a memory of fewer places, none of whose values has been let go yet. */
export function moveLagProfiles(at: usize, from: usize): void {
  const lags = changetype<Lags>(at);
  const old = changetype<Lags>(from);
  const places = lags.places;
  memory.copy(at, from, offsetof<Lags>());
  lags.places = places;
  const kept = old.places + SPARE - old.head;
  lags.head = places + SPARE - kept;
  for (let i = 0; i < 3; i++) {
    const to = ring(lags) + <usize>i * ringBytes(lags);
    const ago = ring(old) + <usize>i * ringBytes(old);
    memory.copy(to + (lags.head << 2), ago + (old.head << 2), kept << 2);
    memory.copy(profile(lags, i), profile(old, i), old.places << 2);
    memory.copy(bounds(lags, i), bounds(old, i), blocksBytes(old.places));
  }
  memory.copy(stamps(lags), stamps(old), blocksBytes(old.places));
}

/** Takes in v[t] and finds the smallest of each profile. Of width w lags from w to `known` - 3 w count. */
export function lagProfiles(at: usize, value: f64): void {
  const lags = changetype<Lags>(at);
  push(lags, value);
  search(lags);
  lags.knownBefore = lags.known;
  lags.known = min(lags.known + 1, lags.places);
}

/** How many values ago a pattern of the width of this number was most similar to the newest one; 0 if there is none. */
export function bestLag(at: usize, which: i32): i32 {
  const lags = changetype<Lags>(at);
  const least = load<f32>(at + (which << 2));
  if (least === Infinity) return 0;
  const known = lags.knownBefore;
  const first = load<i32>(at + (which << 2), 12) * BLOCK;
  const w = which === 0 ? W0 : which === 1 ? W1 : W2;
  const means = ring(lags) + <usize>which * ringBytes(lags) + ((lags.head + 1) << 2);
  const level = <f32>(which === 1 ? lags.level1 : lags.level2);
  for (let i = max(first, w - 1); i < min(first + BLOCK, known - SETTLED * w); i++) {
    const apart: f32 = which === 0 ? 0 : level - load<f32>(means + (i << 2));
    const own = load<f32>(profile(lags, which) + (i << 2)) * (1 / <f32>w);
    if (own - apart * apart === least) return i + 1;
  }
  return 0;
}

/** The rings turn when there is no room before the newest: what blocks may still ask for goes to their ends. */
function push(lags: Lags, value: f64): void {
  const isFirst = lags.known === 0;
  if (lags.head === 0) {
    const kept = lags.places + LONGEST + 1;
    lags.head = lags.places + SPARE - kept;
    for (let i: usize = 0; i < 3; i++) {
      const start = ring(lags) + i * ringBytes(lags);
      memory.copy(start + (lags.head << 2), start, kept << 2);
    }
  }
  lags.now++;
  lags.head--;
  lags.level1 = isFirst ? value : lags.level1 + (value - lags.level1) / W1;
  lags.level2 = isFirst ? value : lags.level2 + (value - lags.level2) / W2;
  const newest = ring(lags) + (lags.head << 2);
  store<f32>(newest, <f32>value);
  store<f32>(newest + ringBytes(lags), <f32>lags.level1);
  store<f32>(newest + 2 * ringBytes(lags), <f32>lags.level2);
}

function search(lags: Lags): void {
  const known = lags.known;
  const now = lags.now;
  const seen = stamps(lags);
  lags.least0 = Infinity;
  lags.least1 = Infinity;
  lags.least2 = Infinity;
  if (known === 0) return;
  // At the far end lags begin to count, whatever their blocks' bounds say; once all places are taken none does.
  if (known !== lags.knownBefore) {
    if (known % BLOCK === 1) store<i32>(seen + ((known / BLOCK) << 2), now - 1);
    for (let block = max(0, known - SETTLED * W2 - 1) / BLOCK; block * BLOCK < known; block++) look(lags, block);
  }
  // What was smallest most likely is so again: the others are compared with it.
  lookUnlessSeen(lags, lags.best0);
  lookUnlessSeen(lags, lags.best1);
  lookUnlessSeen(lags, lags.best2);

  // All bounds fall. Whichever block may hold what is smaller than the smallest so far, or has waited for long, is looked at.
  const overdue = i32x4.splat(now - LONGEST);
  for (let block = 0; block * BLOCK < known; block += 4) {
    const waits = i32x4.gt_s(v128.load(seen + (block << 2)), overdue);
    const may = v128.or(v128.or(falls(lags, 0, W0, block), falls(lags, 1, W1, block)), falls(lags, 2, W2, block));
    for (let lanes = i32x4.bitmask(v128.or(may, v128.not(waits))); lanes !== 0; lanes &= lanes - 1) {
      const one = block + ctz(lanes);
      if (one * BLOCK < known) lookUnlessSeen(lags, one);
    }
  }
}

/** Lets the bounds of four blocks fall by a step, and tells which may hold what is smaller than the smallest so far. */
// @ts-ignore: decorator
@inline
function falls(lags: Lags, which: i32, w: i32, block: i32): v128 {
  const at = bounds(lags, which) + (block << 2);
  const bound = f32x4.mul(v128.load(at), f32x4.splat((1 - 1 / <f32>w) * LESS));
  v128.store(at, bound);
  return f32x4.lt(bound, v128.load32_splat(changetype<usize>(lags) + (which << 2)));
}

// @ts-ignore: decorator
@inline
function lookUnlessSeen(lags: Lags, block: i32): void {
  if (load<i32>(stamps(lags) + (block << 2)) !== lags.now) look(lags, block);
}

/** Takes a block through the steps that it has waited for, and finds its smallest. */
function look(lags: Lags, block: i32): void {
  const stamp = stamps(lags) + (block << 2);
  const first = block * BLOCK;
  const last = min(first + BLOCK, lags.known);
  update(profile(lags, 0), lags.places << 2, first, last, ring(lags) + (lags.head << 2), lags.now - load<i32>(stamp));
  store<i32>(stamp, lags.now);
  find(lags, 0, W0, block);
  find(lags, 1, W1, block);
  find(lags, 2, W2, block);
}

/** The smallest of a block, which is its bound from now on. */
// @ts-ignore: decorator
@inline
function find(lags: Lags, which: i32, w: i32, block: i32): void {
  const D = profile(lags, which);
  const from = max(block * BLOCK, w - 1);
  const to = min(min(block * BLOCK + BLOCK, lags.known), lags.known - SETTLED * w);
  const means = ring(lags) + <usize>which * ringBytes(lags) + ((lags.head + 1) << 2);
  const found =
    which === 0
      ? smallest(D, from, to, 1 / <f32>w)
      : centred(D, from, to, 1 / <f32>w, means, <f32>(which === 1 ? lags.level1 : lags.level2));
  store<f32>(bounds(lags, which) + (block << 2), found > 0 ? found : 0);
  const least = changetype<usize>(lags) + (which << 2);
  if (found < load<f32>(least)) {
    store<f32>(least, found);
    store<i32>(least, block, 12);
  }
}

/**
 * Lags [first, last) of all profiles, through the newest so many steps.
 *
 * @param D      the first profile
 * @param stride bytes from one to the next
 */
function update(D: usize, stride: usize, first: i32, last: i32, newest: usize, steps: i32): void {
  const oldest = newest + ((steps - 1) << 2);
  const kept0 = f32x4.splat(1 - 1 / <f32>W0);
  const kept1 = f32x4.splat(1 - 1 / <f32>W1);
  const kept2 = f32x4.splat(1 - 1 / <f32>W2);
  let at = D + (first << 2);
  let past = first << 2;
  const end = D + (last << 2);
  for (; at + 32 <= end; at += 32, past += 32) {
    const second = at + stride;
    const third = second + stride;
    let a0 = v128.load(at);
    let b0 = v128.load(at, 16);
    let a1 = v128.load(second);
    let b1 = v128.load(second, 16);
    let a2 = v128.load(third);
    let b2 = v128.load(third, 16);
    for (let now = oldest; now >= newest; now -= 4) {
      const v = v128.load32_splat(now);
      const a = square(f32x4.sub(v, v128.load(now + past, 4)));
      const b = square(f32x4.sub(v, v128.load(now + past, 20)));
      a0 = f32x4.add(f32x4.mul(a0, kept0), a);
      b0 = f32x4.add(f32x4.mul(b0, kept0), b);
      a1 = f32x4.add(f32x4.mul(a1, kept1), a);
      b1 = f32x4.add(f32x4.mul(b1, kept1), b);
      a2 = f32x4.add(f32x4.mul(a2, kept2), a);
      b2 = f32x4.add(f32x4.mul(b2, kept2), b);
    }
    v128.store(at, a0);
    v128.store(at, b0, 16);
    v128.store(second, a1);
    v128.store(second, b1, 16);
    v128.store(third, a2);
    v128.store(third, b2, 16);
  }
  for (; at < end; at += 4, past += 4) {
    const second = at + stride;
    const third = second + stride;
    for (let now = oldest; now >= newest; now -= 4) {
      const apart = load<f32>(now) - load<f32>(now + past, 4);
      const a = apart * apart;
      store<f32>(at, load<f32>(at) * (1 - 1 / <f32>W0) + a);
      store<f32>(second, load<f32>(second) * (1 - 1 / <f32>W1) + a);
      store<f32>(third, load<f32>(third) * (1 - 1 / <f32>W2) + a);
    }
  }
}

// @ts-ignore: decorator
@inline
function square(x: v128): v128 {
  return f32x4.mul(x, x);
}

/** Of rate D[i], from <= i < to; Infinity when that is empty. */
function smallest(D: usize, from: i32, to: i32, rate: f32): f32 {
  let least = f32x4.splat(Infinity);
  let i = from;
  for (; i + 4 <= to; i += 4) least = f32x4.pmin(least, v128.load(D + (i << 2)));
  let all = lanesMin(least);
  for (; i < to; i++) all = lesser(all, load<f32>(D + (i << 2)));
  return all * rate;
}

/** Of rate D[i] - (mean - means[i])^2. */
function centred(D: usize, from: i32, to: i32, rate: f32, means: usize, mean: f32): f32 {
  let least = f32x4.splat(Infinity);
  const now = f32x4.splat(mean);
  const rates = f32x4.splat(rate);
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const apart = f32x4.sub(now, v128.load(means + (i << 2)));
    least = f32x4.pmin(least, f32x4.sub(f32x4.mul(v128.load(D + (i << 2)), rates), square(apart)));
  }
  let all = lanesMin(least);
  for (; i < to; i++) {
    const apart = mean - load<f32>(means + (i << 2));
    all = lesser(all, load<f32>(D + (i << 2)) * rate - apart * apart);
  }
  return all;
}

/** Of two that are numbers: `min` has to look whether they are. */
// @ts-ignore: decorator
@inline
function lesser(a: f32, b: f32): f32 {
  return a < b ? a : b;
}

// @ts-ignore: decorator
@inline
function lanesMin(v: v128): f32 {
  const two = f32x4.pmin(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmin(two, v128.shuffle<f32>(two, two, 1, 0, 3, 2)), 0);
}
