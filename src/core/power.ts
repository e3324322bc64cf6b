/**
 * Power that gives the same bits on every machine; error below 1 ulp.
 *
 * Ported from fdlibm: Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at
 * SunSoft, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this
 * software is freely granted, provided that this notice is preserved.
 */
import { highWord, scaleByPowerOfTwo, withHighWord, withoutLowWord } from "./float-bits.js";

/**
 * x^y as ECMAScript defines it: x^0 = 1 even for NaN, 1^(+-Infinity) = NaN, a negative base takes
 * integer exponents only.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  if (y === 1) return x;
  const a = Math.abs(x);
  if (Math.abs(y) === Infinity) {
    if (a === 1) return NaN;
    return a > 1 === y > 0 ? Infinity : 0;
  }
  const isInteger = Math.floor(y) === y;
  const isOdd = isInteger && Math.abs(y) <= 9007199254740991 && y % 2 !== 0;
  if (a === 0 || a === Infinity) {
    const z = (a === 0) === y > 0 ? 0 : Infinity;
    return isOdd && (x < 0 || 1 / x < 0) ? -z : z;
  }
  if (x < 0 && !isInteger) return NaN;
  return x < 0 && isOdd ? -positivePower(a, y) : positivePower(a, y);
}

/** 2 / (3 ln 2), and its upper and lower parts. */
const CP = 0.9617966939259756;
const CP_HIGH = 0.9617967009544373;
const CP_LOW = -7.028461650952758e-9;
/** log2(3/2) in two parts. */
const LOG2_1_5_HIGH = 0.5849624872207642;
const LOG2_1_5_LOW = 1.350039202129749e-8;
/** ln 2, and its upper and lower parts. */
const LN2 = Math.LN2;
const LN2_HIGH = 0.6931471824645996;
const LN2_LOW = -1.904654299957768e-9;

/** a^y for 0 < a < Infinity: 2^(y log2 a), with log2 a and the product in two parts each. */
function positivePower(a: number, y: number): number {
  if (a === 1) return 1;
  if (y === 2) return a * a;
  if (y === -1) return 1 / a;
  if (y === 0.5) return Math.sqrt(a);
  if (Math.abs(y) > 1.8446744073709552e19) return a > 1 === y > 0 ? Infinity : 0; // 2^64: |log2 a| > 2^-53
  log2(a);
  const yHigh = withoutLowWord(y);
  const low = (y - yHigh) * log2High + y * log2Low;
  const high = yHigh * log2High;
  const sum = low + high;
  if (sum >= 1024 && (sum > 1024 || low + 8.008566259537294e-17 > sum - high)) return Infinity;
  if (sum <= -1075 && (sum < -1075 || low <= sum - high)) return 0;

  const n = Math.abs(sum) > 0.5 ? Math.floor(sum + 0.5) : 0;
  const rest = high - n;
  const t = withoutLowWord(low + rest);
  const u = t * LN2_HIGH;
  const v = (low - (t - rest)) * LN2 + t * LN2_LOW;
  const z = u + v;
  const w = v - (z - u);
  const zz = z * z;
  const t1 =
    z -
    zz *
      (0.16666666666666602 +
        zz *
          (-0.0027777777777015593 +
            zz * (6.613756321437934e-5 + zz * (-1.6533902205465252e-6 + zz * 4.1381367970572385e-8))));
  return scaleByPowerOfTwo(1 - ((z * t1) / (t1 - 2) - (w + z * w) - z), n);
}

/** What `log2` leaves: log2 a = log2High + log2Low, the first with 21 significant bits. */
let log2High = 0;
let log2Low = 0;

/** a = 2^n b with b near 1 or 3/2, then log2 of b / bp by its atanh series, in two parts throughout. */
function log2(a: number): void {
  let n = 0;
  let b = a;
  if (b < 2.2250738585072014e-308) {
    b *= 9007199254740992; // 2^53 lifts a subnormal
    n = -53;
  }
  const high = highWord(b);
  n += (high >> 20) - 1023;
  const significand = high & 0xfffff;
  const nearThreeHalves = significand > 0x3988e && significand < 0xbb67a;
  if (significand >= 0xbb67a) {
    n++;
    b = withHighWord(b, significand | 0x3fe00000);
  } else b = withHighWord(b, significand | 0x3ff00000);
  const bp = nearThreeHalves ? 1.5 : 1;

  // s = (b - bp) / (b + bp)
  const u = b - bp;
  const v = 1 / (b + bp);
  const s = u * v;
  const sHigh = withoutLowWord(s);
  const sumHigh = withoutLowWord(b + bp);
  const sumLow = b - (sumHigh - bp);
  const sLow = v * (u - sHigh * sumHigh - sHigh * sumLow);
  // log b/bp = 2s + 2/3 s^3 + ...: here 3 + s^2 + rest, times s, times 2/3 log2 e
  const s2 = s * s;
  const tail =
    s2 *
      s2 *
      (0.5999999999999946 +
        s2 *
          (0.4285714285785502 +
            s2 *
              (0.33333332981837743 +
                s2 * (0.272728123808534 + s2 * (0.23066074577556175 + s2 * 0.20697501780033842))))) +
    sLow * (sHigh + s);
  const sHigh2 = sHigh * sHigh;
  const cHigh = withoutLowWord(3 + sHigh2 + tail);
  const cLow = tail - (cHigh - 3 - sHigh2);
  const p = sHigh * cHigh;
  const q = sLow * cHigh + cLow * s;
  const pHigh = withoutLowWord(p + q);
  const pLow = q - (pHigh - p);
  const zHigh = CP_HIGH * pHigh;
  const zLow = CP_LOW * pHigh + pLow * CP + (nearThreeHalves ? LOG2_1_5_LOW : 0);
  const dp = nearThreeHalves ? LOG2_1_5_HIGH : 0;
  log2High = withoutLowWord(zHigh + zLow + dp + n);
  log2Low = zLow - (log2High - n - dp - zHigh);
}
