/**
 * Sine and cosine that give the same bits on every machine; error below 1 ulp for every finite angle.
 *
 * Ported from fdlibm: Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at
 * SunSoft, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this
 * software is freely granted, provided that this notice is preserved.
 */
import { highWord, lowWord } from "./float-bits.js";

/** Sine of an angle in radians; NaN for NaN and the infinities. */
export function sin(x: number): number {
  if (Math.abs(x) <= QUARTER_PI) return Math.abs(x) < 7.450580596923828e-9 ? x : kernelSin(x, 0);
  if (!Number.isFinite(x)) return NaN;
  const quadrant = reduce(x);
  const y = quadrant & 1 ? kernelCos(remainder, remainderTail) : kernelSin(remainder, remainderTail);
  return quadrant & 2 ? -y : y;
}

/** Cosine of an angle in radians; NaN for NaN and the infinities. */
export function cos(x: number): number {
  if (Math.abs(x) <= QUARTER_PI) return kernelCos(x, 0);
  if (!Number.isFinite(x)) return NaN;
  const quadrant = reduce(x);
  const y = quadrant & 1 ? kernelSin(remainder, remainderTail) : kernelCos(remainder, remainderTail);
  return ((quadrant + 1) & 2) !== 0 ? -y : y;
}

const QUARTER_PI = 0.7853981633974483;

/** sin(x + tail) for |x| <= pi/4, a polynomial of degree 13. */
function kernelSin(x: number, tail: number): number {
  const z = x * x;
  const v = z * x;
  const r =
    0.00833333333332249 +
    z *
      (-0.0001984126982985795 +
        z * (2.7557313707070068e-6 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)));
  return x - (z * (0.5 * tail - v * r) - tail - v * -0.16666666666666632);
}

/** cos(x + tail) for |x| <= pi/4, a polynomial of degree 14. */
function kernelCos(x: number, tail: number): number {
  const z = x * x;
  const w = z * z;
  const r =
    z * (0.0416666666666666 + z * (-0.001388888888887411 + z * 2.480158728947673e-5)) +
    w * w * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11));
  const half = 0.5 * z;
  const a = 1 - half;
  return a + (1 - a - half + (z * r - x * tail));
}

/** What `reduce` leaves: x - n pi/2 = remainder + remainderTail. */
let remainder = 0;
let remainderTail = 0;

/** x = n pi/2 + remainder, |remainder| <= pi/4; returns n mod 4. */
function reduce(x: number): number {
  return Math.abs(x) < 1_647_099 ? reduceMedium(x) : reduceLarge(x); // 2^20 pi/2
}

const TWO_OVER_PI_FLOAT = 0.6366197723675814;
/** pi/2 in three parts of 33 bits, each with the rest after it: n times a part is exact for n < 2^20. */
const PART_1 = 1.5707963267341256;
const REST_1 = 6.077100506506192e-11;
const PART_2 = 6.077100506303966e-11;
const REST_2 = 2.0222662487959506e-21;
const PART_3 = 2.0222662487111665e-21;
const REST_3 = 8.4784276603689e-32;

/** Cody and Waite: subtracts n pi/2 part by part, as many parts as cancellation demands. */
function reduceMedium(x: number): number {
  const n = Math.floor(x * TWO_OVER_PI_FLOAT + 0.5);
  const exponent = (highWord(x) >> 20) & 0x7ff;
  const cancelled = (y: number) => exponent - ((highWord(y) >> 20) & 0x7ff);
  let r = x - n * PART_1;
  let w = n * REST_1;
  remainder = r - w;
  if (cancelled(remainder) > 16) {
    let t = r;
    w = n * PART_2;
    r = t - w;
    w = n * REST_2 - (t - r - w);
    remainder = r - w;
    if (cancelled(remainder) > 49) {
      t = r;
      w = n * PART_3;
      r = t - w;
      w = n * REST_3 - (t - r - w);
      remainder = r - w;
    }
  }
  remainderTail = r - remainder - w;
  return n & 3;
}

/** 2/pi to 1216 binary places. */
const PLACES = 1216n;
const TWO_OVER_PI = BigInt(
  "0x" +
    "A2F9836E4E441529FC2757D1F534DDC0DB6295993C439041FE5163ABDEBBC561B7246E3A424D" +
    "D2E006492EEA09D1921CFE1DEB1CB129A73EE88235F52EBB4484E99C7026B45F7E413991D639" +
    "835339F49C845F8BBDF9283B1FF897FFDE05980FEF2F118B5A0A6D1F6D367ECF27CB09B74F46" +
    "3F669E5FEA2D7527BAC7EBE5F17B3D0739F78A5292EA6BFB5FB11F8D5D0856033046FC7B6BAB",
);

/** pi/2 to 128 binary places. */
const HALF_PI = BigInt("0x1921FB54442D18469898CC51701B839A2");
/** 2^-180 */
const FRACTION_UNIT = 6.525304467998525e-55;

/**
 * Huge angles: x = m 2^e is multiplied by 2/pi in exact integers (Payne and Hanek's idea; fdlibm does
 * it in pieces of 24 bits). Slow, and hardly ever needed.
 */
function reduceLarge(x: number): number {
  const high = highWord(x);
  const exponent = ((high >> 20) & 0x7ff) - 1075;
  const magnitude = (BigInt((high & 0xfffff) | 0x100000) << 32n) | BigInt(lowWord(x) >>> 0);
  const scaled = TWO_OVER_PI * (x < 0 ? -magnitude : magnitude);
  const quadrants = exponent < 0 ? scaled >> BigInt(-exponent) : scaled << BigInt(exponent);
  const n = (quadrants + (1n << (PLACES - 1n))) >> PLACES;
  const fraction = (quadrants - (n << PLACES)) >> (PLACES - 180n);
  const angle = (fraction * HALF_PI) >> 128n;
  const upper = Number(angle);
  remainder = upper * FRACTION_UNIT;
  remainderTail = Number(angle - BigInt(upper)) * FRACTION_UNIT;
  return Number(n & 3n);
}
