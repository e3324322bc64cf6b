const FLOAT = new Float64Array(1);
const WORDS = new Int32Array(FLOAT.buffer);
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const HIGH = LITTLE_ENDIAN ? 1 : 0;
const LOW = 1 - HIGH;

/** Sign, exponent and upper 20 bits of the significand of a float64, as a signed 32-bit integer. */
export function highWord(x: number): number {
  FLOAT[0] = x;
  return WORDS[HIGH]!;
}

/** Lower 32 bits of the significand, as a signed 32-bit integer. */
export function lowWord(x: number): number {
  FLOAT[0] = x;
  return WORDS[LOW]!;
}

/** x with its high word replaced. */
export function withHighWord(x: number, high: number): number {
  FLOAT[0] = x;
  WORDS[HIGH] = high;
  return FLOAT[0];
}

/** x with the lower half of its significand cut off: products of two such numbers are exact. */
export function withoutLowWord(x: number): number {
  FLOAT[0] = x;
  WORDS[LOW] = 0;
  return FLOAT[0];
}

const LEAST_EXPONENT = -1022;
/** 2^k for -1022 <= k <= 1023: looking it up is twice as fast as putting its bits together. */
const POWERS_OF_TWO = new Float64Array(2046);
POWERS_OF_TWO[0] = 2.2250738585072014e-308;
for (let i = 1; i < POWERS_OF_TWO.length; i++) POWERS_OF_TWO[i] = 2 * POWERS_OF_TWO[i - 1]!;

/** 2^k exactly, for integers -1022 <= k <= 1023. */
export function powerOfTwo(k: number): number {
  return POWERS_OF_TWO[k - LEAST_EXPONENT]!;
}

/** x / 2^k exactly, for a result in [0.5, 2): a processor waits longer for a float64 whose words were put together in memory. */
export function overPowerOfTwo(x: number, k: number): number {
  if (k > 1022) return x * powerOfTwo(-1000) * powerOfTwo(1000 - k);
  return x * powerOfTwo(-k);
}

/** y * 2^k for |y| in [0.5, 4): in two steps where 2^k alone would overflow or lose bits. */
export function scaleByPowerOfTwo(y: number, k: number): number {
  if (k > 1023) return y * 2 * powerOfTwo(k - 1);
  if (k < -1021) return y * powerOfTwo(k + 1000) * powerOfTwo(-1000);
  return y * powerOfTwo(k);
}
