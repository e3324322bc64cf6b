/*
 * Numbers as text: the shortest decimal that reads back as the same float64, written as JavaScript writes it (ECMA-262,
 * Number::toString). The digits are found by Schubfach (R. Giulietti, The Schubfach way to render doubles, 2021), after
 * A. Bolz's formulation in 128 bits (Drachennest).
 */

/** Powers of ten from 10^-292 on, in the host's table: of each the upper 128 bits, rounded up, as high and low half. */
// @ts-ignore: decorator
@inline const LEAST_POWER: i32 = -292;
// @ts-ignore: decorator
@inline const FRACTION_BITS: i32 = 52;
// @ts-ignore: decorator
@inline const HIDDEN_BIT: u64 = 1 << 52;
/** Of an exponent as it is stored, for a fraction that counts as a whole number. */
// @ts-ignore: decorator
@inline const BIAS: i32 = 1075;
// @ts-ignore: decorator
@inline const ZERO: u8 = 48;
// @ts-ignore: decorator
@inline const POINT: u8 = 46;
/** 00 to 99, as UTF-16. */
const PAIRS =
  "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/** What `digitsOf` finds beside the digits: value = digits 10^exponent. */
let exponent: i32 = 0;

/**
 * @param to     [25] bytes, overwritten
 * @param value  finite; -0 is written as 0
 * @param powers [617, 2] u64: see `LEAST_POWER`
 * @returns how many bytes the text has
 */
export function writeDecimal(to: usize, value: f64, powers: usize): usize {
  if (value == 0) {
    store<u8>(to, ZERO);
    return 1;
  }
  const from = to;
  if (value < 0) store<u8>(to++, 45);
  const digits = digitsOf(reinterpret<u64>(value), powers);
  const length = lengthOf(digits);
  // The point stands behind so many digits.
  const whole = length + exponent;
  if (exponent >= 0 && whole <= 21) {
    to = writeDigits(to, digits, length);
    for (let i = 0; i < exponent; i++) store<u8>(to++, ZERO);
  } else if (whole > 0 && whole <= 21) {
    const end = writeDigits(to + 1, digits, length);
    memory.copy(to, to + 1, whole);
    store<u8>(to + whole, POINT);
    to = end;
  } else if (whole > -6 && whole <= 0) {
    store<u8>(to++, ZERO);
    store<u8>(to++, POINT);
    for (let i = whole; i < 0; i++) store<u8>(to++, ZERO);
    to = writeDigits(to, digits, length);
  } else {
    to = writeScientific(to, digits, length, whole - 1);
  }
  return to - from;
}

/** d.ddde-ddd */
function writeScientific(to: usize, digits: u64, length: i32, power: i32): usize {
  const end = writeDigits(to + 1, digits, length);
  store<u8>(to, load<u8>(to + 1));
  store<u8>(to + 1, POINT);
  to = length == 1 ? to + 1 : end;
  store<u8>(to++, 101);
  store<u8>(to++, power < 0 ? 45 : 43);
  const size = <u64>abs(power);
  return writeDigits(to, size, lengthOf(size));
}

/** @returns where the text ends */
function writeDigits(to: usize, digits: u64, length: i32): usize {
  const end = to + length;
  let at = end;
  while (digits >= 100_000_000) {
    const rest = digits / 100_000_000;
    let eight = <u32>(digits - rest * 100_000_000);
    digits = rest;
    for (let i = 0; i < 4; i++) {
      const next = eight / 100;
      at -= 2;
      writePair(at, eight - next * 100);
      eight = next;
    }
  }
  let few = <u32>digits;
  while (few >= 100) {
    const next = few / 100;
    at -= 2;
    writePair(at, few - next * 100);
    few = next;
  }
  if (few >= 10) writePair(at - 2, few);
  else store<u8>(at - 1, ZERO + <u8>few);
  return end;
}

// @ts-ignore: decorator
@inline
function writePair(at: usize, pair: u32): void {
  const both = load<u32>(changetype<usize>(PAIRS) + (pair << 2));
  store<u16>(at, <u16>(both | (both >> 8)));
}

function lengthOf(digits: u64): i32 {
  // Most have 16 or 17.
  if (digits >= 10_000_000_000_000_000) return digits >= 100_000_000_000_000_000 ? 18 : 17;
  let length = 1;
  for (let most: u64 = 10; digits >= most; most *= 10) length++;
  return length;
}

/** The shortest digits of a value but 0, without zeros behind them; of several as short that nearest to it. */
function digitsOf(bits: u64, powers: usize): u64 {
  const fraction = bits & (HIDDEN_BIT - 1);
  const stored = <i32>((bits >> FRACTION_BITS) & 0x7ff);
  const c = stored == 0 ? fraction : fraction | HIDDEN_BIT;
  const q = stored == 0 ? 1 - BIAS : stored - BIAS;
  if (q <= 0 && q > -53 && <i32>ctz(c) >= -q) {
    exponent = 0;
    return c >> -q;
  }
  // c 2^q, and half way to its neighbours, all times 4; below a power of two the neighbour is half as far.
  const isNearer = fraction == 0 && stored > 1;
  const below = 4 * c - (isNearer ? 1 : 2);
  const above = 4 * c + 2;
  // k = floor(log10(the interval's width)), 4 c 2^q = (4 c 2^h) g 10^k for the power g of 10^-k
  const k = (q * 1_262_611 - (isNearer ? 524_031 : 0)) >> 22;
  const h = q + ((-k * 1_741_647) >> 19) + 1;
  const power = powers + ((-k - LEAST_POWER) << 4);
  const g1 = load<u64>(power);
  const g0 = load<u64>(power, 8);
  const isOdd = c & 1;
  const lower = roundToOdd(g1, g0, below << h) + isOdd;
  const middle = roundToOdd(g1, g0, (4 * c) << h);
  const upper = roundToOdd(g1, g0, above << h) - isOdd;

  const s = middle >> 2;
  if (s >= 10) {
    const tens = s / 10;
    const isTensIn = lower <= 40 * tens;
    const isNextIn = 40 * tens + 40 <= upper;
    if (isTensIn != isNextIn) {
      exponent = k + 1;
      return withoutZeros(tens + (isNextIn ? 1 : 0));
    }
  }
  exponent = k;
  const isIn = lower <= 4 * s;
  const isNextIn = 4 * s + 4 <= upper;
  if (isIn != isNextIn) return withoutZeros(s + (isNextIn ? 1 : 0));
  const half = 4 * s + 2;
  const isUp = middle > half || (middle == half && (s & 1) != 0);
  return withoutZeros(s + (isUp ? 1 : 0));
}

/**
 * Digits times the inverse of 5, modulo 2^64, are a fifth of them where that is whole, and more than 2^64 / 5 where it is
 * not; the last bit, turned to the front, tells of 2 in the same way.
 */
// @ts-ignore: decorator
@inline
function withoutZeros(digits: u64): u64 {
  let tenth = rotr<u64>(digits * 0xcccccccccccccccd, 1);
  while (tenth <= 0x1999999999999999) {
    digits = tenth;
    exponent++;
    tenth = rotr<u64>(digits * 0xcccccccccccccccd, 1);
  }
  return digits;
}

/** The upper bits of g c, the last of them 1 where any below is. */
function roundToOdd(g1: u64, g0: u64, c: u64): u64 {
  const x1 = upperHalf(g0, c);
  const y0 = g1 * c + x1;
  const y1 = upperHalf(g1, c) + (y0 < x1 ? 1 : 0);
  return y1 | (y0 > 1 ? 1 : 0);
}

/** Of a product of 128 bits. */
// @ts-ignore: decorator
@inline
function upperHalf(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const middle = a1 * b0 + ((a0 * b0) >> 32);
  const other = a0 * b1 + (middle & 0xffffffff);
  return a1 * b1 + (middle >> 32) + (other >> 32);
}
