import { pow, type Rng } from "../../core/index.js";

/** How audio is altered. */
export interface AudioAlteration {
  /** White noise, so many dB below the signal's mean power: a ratio between these; absent: none. */
  readonly noiseDb?: readonly [least: number, most: number];
  /** Louder or softer by up to so many dB. */
  readonly gainDb: number;
  /** Faster or slower, and so higher or deeper, by up to this share. */
  readonly speed: number;
}

/**
 * An utterance as it might have been: said faster or slower, louder or softer, in noise. What has learned from clean
 * recordings alone hears nothing in noise.
 *
 * @param pieces consecutive audio
 * @returns as many pieces
 */
export function alterAudio(
  pieces: readonly Float64Array[],
  { noiseDb, gainDb, speed }: AudioAlteration,
  rng: Rng,
): Float64Array[] {
  const whole = new Float64Array(pieces.reduce((sum, { length }) => sum + length, 0));
  const ends: number[] = [];
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
    ends.push(at);
  }
  const factor = 1 + speed * (2 * rng.uniform() - 1);
  const gain = pow(10, (gainDb * (2 * rng.uniform() - 1)) / 20);
  const altered = resampled(whole, factor).map((sample) => gain * sample);
  if (noiseDb !== undefined) addNoise(altered, noiseDb[0] + (noiseDb[1] - noiseDb[0]) * rng.uniform(), rng);
  return ends.map((end, i) => {
    const from = i === 0 ? 0 : Math.round(ends[i - 1]! / factor);
    return altered.slice(from, i === ends.length - 1 ? altered.length : Math.round(end / factor));
  });
}

/** In 1 / factor times as many samples, linearly interpolated. */
function resampled(samples: Float64Array, factor: number): Float64Array {
  if (factor === 1 || samples.length === 0) return samples;
  return Float64Array.from({ length: Math.round(samples.length / factor) }, (_, n) => {
    const place = Math.min(n * factor, samples.length - 1);
    const before = Math.floor(place);
    const [a, b] = [samples[before]!, samples[Math.min(before + 1, samples.length - 1)]!];
    return a + (place - before) * (b - a);
  });
}

function addNoise(samples: Float64Array, ratioDb: number, rng: Rng): void {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const sd = Math.sqrt(power * pow(10, -ratioDb / 10));
  for (let n = 0; n < samples.length; n++) samples[n]! += sd * rng.normal();
}
