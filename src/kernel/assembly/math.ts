/*
 * exp, tanh and sigmoid of four float32 at a time: nothing but + - * /, bits and rounding, which
 * WebAssembly fixes, so that the results are the same on every machine. NaN passes through.
 */

/**
 * Constants stand in memory: V8 makes a literal vector anew at every use, from three instructions, where a
 * load takes one.
 */
const constants = memory.data<f32>([
  1.44269504, // log2 e
  0.693359375, // ln 2 in two parts: k times the first is exact for |k| < 2^13
  -2.1219444e-4,
  1.987569150e-4, // p, Cephes' expf
  1.3981999507e-3,
  8.3334519073e-3,
  4.1665795894e-2,
  1.6666665459e-1,
  5.0000001201e-1,
  1,
  12583039, // 1.5 * 2^23 + 127
  0.5,
  87,
  -87,
  40,
  -40,
  89,
  -104,
  2,
]);

const enum C {
  log2e,
  ln2High,
  ln2Low,
  p5,
  p4,
  p3,
  p2,
  p1,
  p0,
  one,
  magic,
  half,
  sigmoidHigh,
  sigmoidLow,
  tanhHigh,
  tanhLow,
  expHigh,
  expLow,
  two,
}

// @ts-ignore: decorator
@inline
function constant(which: C): v128 {
  return v128.load32_splat(constants + (<usize>which << 2));
}

/** e^r - 1 for |r| <= ln 2 / 2 (Cephes' expf: r + r^2 p(r)), below 1 ulp. */
// @ts-ignore: decorator
@inline
function expm1Reduced(r: v128): v128 {
  let p = constant(C.p5);
  p = f32x4.add(f32x4.mul(p, r), constant(C.p4));
  p = f32x4.add(f32x4.mul(p, r), constant(C.p3));
  p = f32x4.add(f32x4.mul(p, r), constant(C.p2));
  p = f32x4.add(f32x4.mul(p, r), constant(C.p1));
  p = f32x4.add(f32x4.mul(p, r), constant(C.p0));
  return f32x4.add(f32x4.mul(f32x4.mul(r, r), p), r);
}

/** x limited to [low, high]; a NaN stays one (the comparison is false, and x is what remains). */
// @ts-ignore: decorator
@inline
function within(x: v128, low: C, high: C): v128 {
  return f32x4.pmax(f32x4.pmin(x, constant(high)), constant(low));
}

/** x - k ln 2 */
// @ts-ignore: decorator
@inline
function reduced(x: v128, k: v128): v128 {
  return f32x4.sub(f32x4.sub(x, f32x4.mul(k, constant(C.ln2High))), f32x4.mul(k, constant(C.ln2Low)));
}

/**
 * x log2 e rounded to a whole number k, in the last bits of a float32: 2^23 leaves none for fractions. With
 * 127 added these bits are the exponent of 2^k. Of a NaN k is worthless, but x - k ln 2 is NaN.
 */
// @ts-ignore: decorator
@inline
function rounded(x: v128): v128 {
  return f32x4.add(f32x4.mul(x, constant(C.log2e)), constant(C.magic));
}

/** 2^k of whole numbers k in [-126, 128], by their bits; 2^128 is infinity. */
// @ts-ignore: decorator
@inline
function powerOfTwo(k: v128): v128 {
  return i32x4.shl(f32x4.add(k, constant(C.magic)), 23);
}

/** e^x: x = k ln 2 + r, e^x = 2^k e^r. Below about e^-87 the result is 0 or close to it, never subnormal noise. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  // Two factors, so that results near the largest float32 don't overflow on the way.
  const limited = within(x, C.expLow, C.expHigh);
  const k = f32x4.sub(rounded(limited), constant(C.magic));
  const half = f32x4.floor(f32x4.mul(k, constant(C.half)));
  const scaled = f32x4.mul(f32x4.add(expm1Reduced(reduced(limited, k)), constant(C.one)), powerOfTwo(half));
  return f32x4.mul(scaled, powerOfTwo(f32x4.sub(k, half)));
}

/** 1 / (1 + e^-x) */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const limited = within(f32x4.neg(x), C.sigmoidLow, C.sigmoidHigh);
  const bits = rounded(limited);
  const r = reduced(limited, f32x4.sub(bits, constant(C.magic)));
  const one = constant(C.one);
  const e = f32x4.mul(f32x4.add(expm1Reduced(r), one), i32x4.shl(bits, 23));
  return f32x4.div(one, f32x4.add(one, e));
}

/** (e^2x - 1) / (e^2x + 1), by expm1, which loses nothing near 0: 2.5 ulp. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const limited = within(f32x4.add(x, x), C.tanhLow, C.tanhHigh);
  const bits = rounded(limited);
  const r = reduced(limited, f32x4.sub(bits, constant(C.magic)));
  const scale = i32x4.shl(bits, 23);
  const em1 = f32x4.add(f32x4.mul(expm1Reduced(r), scale), f32x4.sub(scale, constant(C.one)));
  return f32x4.div(em1, f32x4.add(em1, constant(C.two)));
}

/*
 * The same functions, of several vectors side by side: every constant is loaded once for all of them, and
 * their chains of operations run in each other's gaps. Results are stored one after the other.
 */

/** to[0..3] = sigmoid(a), sigmoid(b), sigmoid(c), sigmoid(d): the bits of `sigmoid`. */
// @ts-ignore: decorator
@inline
export function sigmoidFour(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const high = constant(C.sigmoidHigh);
  a = f32x4.pmin(f32x4.neg(a), high);
  b = f32x4.pmin(f32x4.neg(b), high);
  c = f32x4.pmin(f32x4.neg(c), high);
  d = f32x4.pmin(f32x4.neg(d), high);
  const low = constant(C.sigmoidLow);
  a = f32x4.pmax(a, low);
  b = f32x4.pmax(b, low);
  c = f32x4.pmax(c, low);
  d = f32x4.pmax(d, low);
  const log2e = constant(C.log2e);
  const magic = constant(C.magic);
  const aBits = f32x4.add(f32x4.mul(a, log2e), magic);
  const bBits = f32x4.add(f32x4.mul(b, log2e), magic);
  const cBits = f32x4.add(f32x4.mul(c, log2e), magic);
  const dBits = f32x4.add(f32x4.mul(d, log2e), magic);
  const aK = f32x4.sub(aBits, magic);
  const bK = f32x4.sub(bBits, magic);
  const cK = f32x4.sub(cBits, magic);
  const dK = f32x4.sub(dBits, magic);
  const ln2High = constant(C.ln2High);
  a = f32x4.sub(a, f32x4.mul(aK, ln2High));
  b = f32x4.sub(b, f32x4.mul(bK, ln2High));
  c = f32x4.sub(c, f32x4.mul(cK, ln2High));
  d = f32x4.sub(d, f32x4.mul(dK, ln2High));
  const ln2Low = constant(C.ln2Low);
  a = f32x4.sub(a, f32x4.mul(aK, ln2Low));
  b = f32x4.sub(b, f32x4.mul(bK, ln2Low));
  c = f32x4.sub(c, f32x4.mul(cK, ln2Low));
  d = f32x4.sub(d, f32x4.mul(dK, ln2Low));
  const p5 = constant(C.p5);
  const p4 = constant(C.p4);
  let aP = f32x4.add(f32x4.mul(p5, a), p4);
  let bP = f32x4.add(f32x4.mul(p5, b), p4);
  let cP = f32x4.add(f32x4.mul(p5, c), p4);
  let dP = f32x4.add(f32x4.mul(p5, d), p4);
  const p3 = constant(C.p3);
  aP = f32x4.add(f32x4.mul(aP, a), p3);
  bP = f32x4.add(f32x4.mul(bP, b), p3);
  cP = f32x4.add(f32x4.mul(cP, c), p3);
  dP = f32x4.add(f32x4.mul(dP, d), p3);
  const p2 = constant(C.p2);
  aP = f32x4.add(f32x4.mul(aP, a), p2);
  bP = f32x4.add(f32x4.mul(bP, b), p2);
  cP = f32x4.add(f32x4.mul(cP, c), p2);
  dP = f32x4.add(f32x4.mul(dP, d), p2);
  const p1 = constant(C.p1);
  aP = f32x4.add(f32x4.mul(aP, a), p1);
  bP = f32x4.add(f32x4.mul(bP, b), p1);
  cP = f32x4.add(f32x4.mul(cP, c), p1);
  dP = f32x4.add(f32x4.mul(dP, d), p1);
  const p0 = constant(C.p0);
  aP = f32x4.add(f32x4.mul(aP, a), p0);
  bP = f32x4.add(f32x4.mul(bP, b), p0);
  cP = f32x4.add(f32x4.mul(cP, c), p0);
  dP = f32x4.add(f32x4.mul(dP, d), p0);
  aP = f32x4.add(f32x4.mul(f32x4.mul(a, a), aP), a);
  bP = f32x4.add(f32x4.mul(f32x4.mul(b, b), bP), b);
  cP = f32x4.add(f32x4.mul(f32x4.mul(c, c), cP), c);
  dP = f32x4.add(f32x4.mul(f32x4.mul(d, d), dP), d);
  const one = constant(C.one);
  aP = f32x4.mul(f32x4.add(aP, one), i32x4.shl(aBits, 23));
  bP = f32x4.mul(f32x4.add(bP, one), i32x4.shl(bBits, 23));
  cP = f32x4.mul(f32x4.add(cP, one), i32x4.shl(cBits, 23));
  dP = f32x4.mul(f32x4.add(dP, one), i32x4.shl(dBits, 23));
  aP = f32x4.div(one, f32x4.add(one, aP));
  bP = f32x4.div(one, f32x4.add(one, bP));
  cP = f32x4.div(one, f32x4.add(one, cP));
  dP = f32x4.div(one, f32x4.add(one, dP));
  v128.store(to, aP);
  v128.store(to, bP, 16);
  v128.store(to, cP, 32);
  v128.store(to, dP, 48);
}

/** to[0..1] = tanh(a), tanh(b): the bits of `tanh`. */
// @ts-ignore: decorator
@inline
export function tanhTwo(to: usize, a: v128, b: v128): void {
  const high = constant(C.tanhHigh);
  a = f32x4.pmin(f32x4.add(a, a), high);
  b = f32x4.pmin(f32x4.add(b, b), high);
  const low = constant(C.tanhLow);
  a = f32x4.pmax(a, low);
  b = f32x4.pmax(b, low);
  const log2e = constant(C.log2e);
  const magic = constant(C.magic);
  const aBits = f32x4.add(f32x4.mul(a, log2e), magic);
  const bBits = f32x4.add(f32x4.mul(b, log2e), magic);
  const aK = f32x4.sub(aBits, magic);
  const bK = f32x4.sub(bBits, magic);
  const ln2High = constant(C.ln2High);
  a = f32x4.sub(a, f32x4.mul(aK, ln2High));
  b = f32x4.sub(b, f32x4.mul(bK, ln2High));
  const ln2Low = constant(C.ln2Low);
  a = f32x4.sub(a, f32x4.mul(aK, ln2Low));
  b = f32x4.sub(b, f32x4.mul(bK, ln2Low));
  const p5 = constant(C.p5);
  const p4 = constant(C.p4);
  let aP = f32x4.add(f32x4.mul(p5, a), p4);
  let bP = f32x4.add(f32x4.mul(p5, b), p4);
  const p3 = constant(C.p3);
  aP = f32x4.add(f32x4.mul(aP, a), p3);
  bP = f32x4.add(f32x4.mul(bP, b), p3);
  const p2 = constant(C.p2);
  aP = f32x4.add(f32x4.mul(aP, a), p2);
  bP = f32x4.add(f32x4.mul(bP, b), p2);
  const p1 = constant(C.p1);
  aP = f32x4.add(f32x4.mul(aP, a), p1);
  bP = f32x4.add(f32x4.mul(bP, b), p1);
  const p0 = constant(C.p0);
  aP = f32x4.add(f32x4.mul(aP, a), p0);
  bP = f32x4.add(f32x4.mul(bP, b), p0);
  aP = f32x4.add(f32x4.mul(f32x4.mul(a, a), aP), a);
  bP = f32x4.add(f32x4.mul(f32x4.mul(b, b), bP), b);
  const one = constant(C.one);
  const aScale = i32x4.shl(aBits, 23);
  const bScale = i32x4.shl(bBits, 23);
  aP = f32x4.add(f32x4.mul(aP, aScale), f32x4.sub(aScale, one));
  bP = f32x4.add(f32x4.mul(bP, bScale), f32x4.sub(bScale, one));
  const two = constant(C.two);
  aP = f32x4.div(aP, f32x4.add(aP, two));
  bP = f32x4.div(bP, f32x4.add(bP, two));
  v128.store(to, aP);
  v128.store(to, bP, 16);
}

/** y[i] = f(x[i]), N a multiple of 4; y may be x. */
export function expOf(y: usize, x: usize, N: i32): void {
  for (let i = 0; i < N; i += 4) v128.store(y + (i << 2), exp(v128.load(x + (i << 2))));
}

export function sigmoidOf(y: usize, x: usize, N: i32): void {
  for (let i = 0; i < N; i += 4) v128.store(y + (i << 2), sigmoid(v128.load(x + (i << 2))));
}

export function tanhOf(y: usize, x: usize, N: i32): void {
  for (let i = 0; i < N; i += 4) v128.store(y + (i << 2), tanh(v128.load(x + (i << 2))));
}
