/**
 * Elementary functions that give the same bits on every machine. JavaScript leaves the last bits of
 * `Math.exp` and its kin to the engine; these use nothing but + - * /, square roots and the bits of a
 * float64, all of which IEEE 754 fixes. Error below 1 ulp (`sigmoid`: 2). NaN passes through.
 *
 * Ported from fdlibm: Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at
 * SunSoft, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this
 * software is freely granted, provided that this notice is preserved.
 */
import { highWord, overPowerOfTwo, powerOfTwo, scaleByPowerOfTwo } from "./float-bits.js";

export { pow } from "./power.js";
export { cos, sin } from "./trigonometry.js";

/** ln 2 = LN2_HIGH + LN2_LOW; k * LN2_HIGH is exact for |k| < 2^20. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const LOG2_E = Math.LOG2E;
/** Above it exp overflows. */
const EXP_OVERFLOW = 709.782712893384;
/** Below it exp is less than half the smallest float64. */
const EXP_UNDERFLOW = -745.1332191019411;

/**
 * e^x: x = k ln 2 + r with |r| <= ln 2 / 2, then e^x = 2^k e^r with
 * e^r = 1 + 2r / (R(r) - r), R(r) ~ 2 + r^2 (P1 + r^2 (P2 + ...)).
 */
export function exp(x: number): number {
  if (x > EXP_OVERFLOW) return Infinity;
  if (x < EXP_UNDERFLOW) return 0;
  if (Number.isNaN(x)) return x;
  const k = Math.floor(LOG2_E * x + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))));
  return scaleByPowerOfTwo(1 - (low - (r * c) / (2 - c) - high), k);
}

/** e^x - 1 without cancellation near 0. */
export function expm1(x: number): number {
  if (x > EXP_OVERFLOW) return Infinity;
  if (x < -39) return -1; // e^-39 < 2^-56
  if (Number.isNaN(x) || Math.abs(x) < 5.551115123125783e-17) return x; // 2^-54; keeps -0
  const k = Math.abs(x) < LN2_HIGH / 2 ? 0 : Math.floor(LOG2_E * x + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const correction = high - r - low;

  const half = 0.5 * r;
  const square = r * half;
  const r1 =
    1 +
    square *
      (-0.03333333333333313 +
        square *
          (0.0015873015872548146 +
            square *
              (-7.93650757867488e-5 + square * (4.008217827329362e-6 + square * -2.0109921818362437e-7))));
  const t = 3 - r1 * half;
  let e = square * ((r1 - t) / (6 - r * t));
  if (k === 0) return r - (r * e - square);
  e = r * (e - correction) - correction - square;
  if (k === -1) return 0.5 * (r - e) - 0.5;
  if (k === 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e);
  if (k <= -2 || k > 56) return scaleByPowerOfTwo(1 - (e - r), k) - 1;
  // 2^k (1 + y) - 1 = 2^k (y + (1 - 2^-k)): the small terms are summed first
  if (k < 20) return scaleByPowerOfTwo(1 - powerOfTwo(-k) - (e - r), k);
  return scaleByPowerOfTwo(r - (e + powerOfTwo(-k)) + 1, k);
}

/** log(1 + f) - f + f^2 / 2 for sqrt(1/2) <= 1 + f <= sqrt(2), by s = f / (2 + f): 2 atanh(s). */
function logTail(f: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd =
    z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  return s * (0.5 * f * f + (even + odd));
}

/** High word of sqrt(1/2), and what carries it to that of 1. */
const SQRT_HALF_HIGH = 0x3fe6a09e;
const TO_ONE = 0x3ff00000 - SQRT_HALF_HIGH;

/** Natural logarithm: x = 2^k (1 + f), log x = k ln 2 + log(1 + f). -Infinity at 0, NaN below. */
export function log(x: number): number {
  if (Number.isNaN(x) || x === Infinity) return x;
  if (x <= 0) return x === 0 ? -Infinity : NaN;
  let k = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54 lifts a subnormal
    k = -54;
  }
  const exponent = ((highWord(x) + TO_ONE) >> 20) - 1023;
  const f = overPowerOfTwo(x, exponent) - 1;
  k += exponent;
  return logTail(f) + k * LN2_LOW - 0.5 * f * f + f + k * LN2_HIGH;
}

/** log(1 + x) without loss near 0. -Infinity at -1, NaN below. */
export function log1p(x: number): number {
  if (Number.isNaN(x) || x === Infinity) return x;
  if (x <= -1) return x === -1 ? -Infinity : NaN;
  if (Math.abs(x) < 1.1102230246251565e-16) return x; // 2^-53; keeps -0
  if (x > -0.2928932188134524 && x < 0.4142135623730951) return logTail(x) - 0.5 * x * x + x;
  const u = 1 + x;
  const k = ((highWord(u) + TO_ONE) >> 20) - 1023;
  // What rounding 1 + x lost, relative to u.
  const lost = k >= 54 ? 0 : (k >= 2 ? 1 - (u - x) : x - (u - 1)) / u;
  const f = overPowerOfTwo(u, k) - 1;
  return logTail(f) + (k * LN2_LOW + lost) - 0.5 * f * f + f + k * LN2_HIGH;
}

/** Hyperbolic tangent, by (1 - e^-2x) / (1 + e^-2x). */
export function tanh(x: number): number {
  const a = Math.abs(x);
  if (Number.isNaN(x) || a < 3.725290298461914e-9) return x; // 2^-28; keeps -0
  let t: number;
  if (a >= 22) t = 1;
  else if (a >= 1) t = 1 - 2 / (expm1(2 * a) + 2);
  else {
    const e = expm1(-2 * a);
    t = -e / (e + 2);
  }
  return x < 0 ? -t : t;
}

/** Logistic function 1 / (1 + e^-x), without overflow on either side. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}
