/*
 * exp, tanh and sigmoid of four float32 at a time: nothing but + - * /, bits and rounding, which
 * WebAssembly fixes, so that the results are the same on every machine. NaN passes through.
 */

// @ts-ignore: decorator
@inline const LOG2E: f32 = 1.44269504;
/** ln 2 in two parts: k * LN2_HIGH is exact for |k| < 2^13. */
// @ts-ignore: decorator
@inline const LN2_HIGH: f32 = 0.693359375;
// @ts-ignore: decorator
@inline const LN2_LOW: f32 = -2.12194440e-4;

/** e^r - 1 for |r| <= ln 2 / 2 (Cephes' expf: r + r^2 p(r)), below 1 ulp. */
// @ts-ignore: decorator
@inline
function expm1Reduced(r: v128): v128 {
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  return f32x4.add(f32x4.mul(f32x4.mul(r, r), p), r);
}

/** x limited to [low, high]; a NaN stays one (the comparison is false, and x is what remains). */
// @ts-ignore: decorator
@inline
function within(x: v128, low: f32, high: f32): v128 {
  return f32x4.pmax(f32x4.pmin(x, f32x4.splat(high)), f32x4.splat(low));
}

/** 2^k of whole numbers k in [-126, 128], by their bits; 2^128 is infinity. */
// @ts-ignore: decorator
@inline
function powerOfTwo(k: v128): v128 {
  return i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23);
}

/** e^x: x = k ln 2 + r, e^x = 2^k e^r. Below about e^-87 the result is 0 or close to it, never subnormal noise. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  // Two factors, so that results near the largest float32 don't overflow on the way.
  const limited = within(x, -104, 89);
  const k = f32x4.nearest(f32x4.mul(limited, f32x4.splat(LOG2E)));
  const r = f32x4.sub(f32x4.sub(limited, f32x4.mul(k, f32x4.splat(LN2_HIGH))), f32x4.mul(k, f32x4.splat(LN2_LOW)));
  const half = f32x4.floor(f32x4.mul(k, f32x4.splat(0.5)));
  const scaled = f32x4.mul(f32x4.add(expm1Reduced(r), f32x4.splat(1)), powerOfTwo(half));
  return f32x4.mul(scaled, powerOfTwo(f32x4.sub(k, half)));
}

/** 1 / (1 + e^-x) */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const limited = within(f32x4.neg(x), -87, 87);
  const k = f32x4.nearest(f32x4.mul(limited, f32x4.splat(LOG2E)));
  const r = f32x4.sub(f32x4.sub(limited, f32x4.mul(k, f32x4.splat(LN2_HIGH))), f32x4.mul(k, f32x4.splat(LN2_LOW)));
  const e = f32x4.mul(f32x4.add(expm1Reduced(r), f32x4.splat(1)), powerOfTwo(k));
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), e));
}

/** (e^2x - 1) / (e^2x + 1), by expm1, which loses nothing near 0: 2.5 ulp. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const limited = within(f32x4.add(x, x), -40, 40);
  const k = f32x4.nearest(f32x4.mul(limited, f32x4.splat(LOG2E)));
  const r = f32x4.sub(f32x4.sub(limited, f32x4.mul(k, f32x4.splat(LN2_HIGH))), f32x4.mul(k, f32x4.splat(LN2_LOW)));
  const scale = powerOfTwo(k);
  const em1 = f32x4.add(f32x4.mul(expm1Reduced(r), scale), f32x4.sub(scale, f32x4.splat(1)));
  return f32x4.div(em1, f32x4.add(em1, f32x4.splat(2)));
}

/** For tests: y[i] = f(x[i]), N a multiple of 4. */
export function expOf(y: usize, x: usize, N: i32): void {
  for (let i = 0; i < N; i += 4) v128.store(y + (i << 2), exp(v128.load(x + (i << 2))));
}

export function sigmoidOf(y: usize, x: usize, N: i32): void {
  for (let i = 0; i < N; i += 4) v128.store(y + (i << 2), sigmoid(v128.load(x + (i << 2))));
}

export function tanhOf(y: usize, x: usize, N: i32): void {
  for (let i = 0; i < N; i += 4) v128.store(y + (i << 2), tanh(v128.load(x + (i << 2))));
}
