/*
 * How improbable a value is, by a histogram of the logarithms of all values so far, and beyond it by a Pareto tail (Hill
 * 1975): for a value z among m, with `up` of them above the tail's beginning u, whose mean ln(z / u) is g,
 *
 *     s = log10((m + 1) / up) + log10(z / u) / g above u,   s = log10((m + 1) / (1 + #{>= z})) below
 *
 * The logarithm is compiled into the kernel (AssemblyScript's, after musl), not the engine's: its bits are the same everywhere.
 */

/** Bins an octave, and where they begin: 1,024 of them from 2^-30 to 2^34. */
// @ts-ignore: decorator
@inline const OCTAVE_BITS: i32 = 4;
// @ts-ignore: decorator
@inline const PER_OCTAVE: i32 = 1 << OCTAVE_BITS;
// @ts-ignore: decorator
@inline const LOWEST_OCTAVE: i32 = -30;
// @ts-ignore: decorator
@inline const BINS: i32 = 1024;
/** Bins of a block. */
// @ts-ignore: decorator
@inline const BLOCK_BITS: i32 = 3;
// @ts-ignore: decorator
@inline const BLOCK: i32 = 1 << BLOCK_BITS;
/** Of what lies above the tail's beginning: so many values, or this share. */
// @ts-ignore: decorator
@inline const TAIL_COUNT: f64 = 5;
// @ts-ignore: decorator
@inline const TAIL_SHARE: f64 = 0.01;
/** The tail's index is at least this: values that hardly vary must not make everything else impossible. */
// @ts-ignore: decorator
@inline const LEAST_INDEX: f64 = 0.1;
/** Values before anything is said. */
// @ts-ignore: decorator
@inline const ENOUGH: f64 = 20;

/** 2^(j / 16): where the bins of an octave begin. */
const EDGES = memory.data<f64>([
  1, 1.0442737824274138, 1.0905077326652577, 1.1387886347566916, 1.189207115002721, 1.241857812073484, 1.2968395546510096,
  1.3542555469368927, 1.4142135623730951, 1.4768261459394993, 1.5422108254079407, 1.6104903319492543, 1.681792830507429,
  1.7562521603732995, 1.8340080864093424, 1.9152065613971474, 2,
]);

/** A histogram; behind it stand its bins, and the sums of bins that lie together, so that no value costs a pass over all. */
@unmanaged
class Tail {
  count: f64;
  /** Sum of the bins of what lies in the tail. */
  weighted: f64;
  /** The bin in which the tail begins, and how many values lie there and above. */
  begin: i32;
  up: u32;
  unused: u64;
}

// @ts-ignore: decorator
@inline
function bins(tail: Tail): usize {
  return changetype<usize>(tail) + offsetof<Tail>();
}

// @ts-ignore: decorator
@inline
function blocks(tail: Tail): usize {
  return bins(tail) + (BINS << 2);
}

// @ts-ignore: decorator
@inline
function binCount(tail: Tail, bin: i32): u32 {
  return load<u32>(bins(tail) + (bin << 2));
}

/** Bytes that a histogram takes. */
export function tailBytes(): usize {
  return offsetof<Tail>() + ((BINS + BINS / BLOCK) << 2);
}

/** Bins of a histogram, which follow upon the first so many bytes: a `u32` each. */
export function tailBinsAt(): usize {
  return offsetof<Tail>();
}

/** Makes everything anew from the bins. */
export function settleTail(at: usize): void {
  const tail = changetype<Tail>(at);
  tail.count = 0;
  tail.weighted = 0;
  tail.begin = BINS - 1;
  tail.up = binCount(tail, BINS - 1);
  tail.weighted = <f64>tail.up * (BINS - 1);
  memory.fill(blocks(tail), 0, (BINS / BLOCK) << 2);
  for (let bin = 0; bin < BINS; bin++) {
    const here = binCount(tail, bin);
    const block = blocks(tail) + ((bin >> BLOCK_BITS) << 2);
    store<u32>(block, load<u32>(block) + here);
    tail.count += here;
  }
  settle(tail);
}

/**
 * Of each value -log10 of the chance of one at least as large, after which it counts. 0 before there are 20.
 *
 * @param at   [count] histograms, one after the other
 * @param z    [count] float64; one below 0 says nothing, and doesn't count
 * @param s    [count] float64, overwritten
 */
export function surprises(at: usize, z: usize, s: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const value = load<f64>(z + (i << 3));
    store<f64>(s + (i << 3), value < 0 ? 0 : surprise(changetype<Tail>(at + <usize>i * tailBytes()), value));
  }
}

function surprise(tail: Tail, z: f64): f64 {
  const bin = binOf(z);
  const s = tail.count < ENOUGH ? 0 : improbable(tail, z, bin);
  const at = bins(tail) + (bin << 2);
  store<u32>(at, load<u32>(at) + 1);
  const block = blocks(tail) + ((bin >> BLOCK_BITS) << 2);
  store<u32>(block, load<u32>(block) + 1);
  tail.count++;
  if (bin >= tail.begin) {
    tail.up++;
    tail.weighted += bin;
  }
  settle(tail);
  return s;
}

/** The tail begins in the highest bin at and above which as many values lie as are wanted. */
function settle(tail: Tail): void {
  const wanted = max(TAIL_COUNT, TAIL_SHARE * tail.count);
  while (<f64>tail.up < wanted && tail.begin > 0) {
    const here = binCount(tail, --tail.begin);
    tail.up += here;
    tail.weighted += <f64>here * tail.begin;
  }
  for (;;) {
    const here = binCount(tail, tail.begin);
    if (<f64>(tail.up - here) < wanted) break;
    tail.up -= here;
    tail.weighted -= <f64>here * tail.begin++;
  }
}

function improbable(tail: Tail, z: f64, bin: i32): f64 {
  const k = tail.begin;
  const up = <f64>tail.up;
  if (bin < k) return NativeMath.log((tail.count + 1) / (1 + up + between(tail, bin, k))) * Math.LOG10E;
  // A value lies in the middle of its bin, half a bin above u at least.
  const meanExcess = ((tail.weighted / up - k + 0.5) * Math.LN2) / PER_OCTAVE;
  const g = max(LEAST_INDEX, meanExcess);
  const excess = z > 0 ? NativeMath.log(z / edgeOf(k)) : 0;
  return Math.LOG10E * (NativeMath.log((tail.count + 1) / up) + max(0, excess) / g);
}

/** How many values lie in the bins from one to before another. */
function between(tail: Tail, from: i32, to: i32): f64 {
  let sum: u64 = 0;
  let bin = from;
  for (; bin < to && bin % BLOCK !== 0; bin++) sum += binCount(tail, bin);
  for (; bin + BLOCK <= to; bin += BLOCK) sum += load<u32>(blocks(tail) + ((bin >> BLOCK_BITS) << 2));
  for (; bin < to; bin++) sum += binCount(tail, bin);
  return <f64>sum;
}

function binOf(z: f64): i32 {
  if (!(z > 0)) return 0;
  const bits = reinterpret<u64>(z);
  const octave = <i32>(bits >> 52) - 1023 - LOWEST_OCTAVE;
  if (octave < 0) return 0;
  if (octave >= BINS >> OCTAVE_BITS) return BINS - 1;
  const mantissa = reinterpret<f64>((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
  // 2^x lies below the straight line from 1 to 2: a value's bin is that which the line says, or one or two above.
  let bin = <i32>(bits >> (52 - OCTAVE_BITS)) & (PER_OCTAVE - 1);
  while (mantissa >= load<f64>(EDGES + ((bin + 1) << 3))) bin++;
  return (octave << OCTAVE_BITS) + bin;
}

/** Where a bin begins. */
function edgeOf(bin: i32): f64 {
  const scale = reinterpret<f64>(<u64>((bin >> OCTAVE_BITS) + LOWEST_OCTAVE + 1023) << 52);
  return load<f64>(EDGES + ((bin & (PER_OCTAVE - 1)) << 3)) * scale;
}
