import { readFile } from "node:fs/promises";
import { type PayloadRecord, readWav } from "../codecs/index.js";
import { problem } from "../core/index.js";
import type { Pipeline } from "../spec/index.js";

/** Length of the packets that a file is cut into, ms. */
export const PACKET_MS = 20;

export function isAudioFile(file: string): boolean {
  return /\.wav$/i.test(file);
}

/**
 * A WAV file as rows, as a microphone would send it: packets of 20 ms in the field `value`, the last one marked `end`.
 *
 * @throws SyntaxError code `WAV_UNREADABLE`; RangeError code `AUDIO_RATE` when it has another rate than the pipeline expects
 */
export async function audioRows(file: string, rateHz: number | undefined): Promise<PayloadRecord[]> {
  const wav = readWav(await readFile(file), file);
  if (rateHz !== undefined && wav.rateHz !== rateHz) {
    throw problem(RangeError, {
      code: "AUDIO_RATE",
      action: "read audio",
      on: file,
      expected: `${rateHz} samples a second, as the pipeline's feature says`,
      found: String(wav.rateHz),
    });
  }
  const packet = Math.round((wav.rateHz * PACKET_MS) / 1000);
  const count = Math.max(1, Math.ceil(wav.samples.length / packet));
  return Array.from({ length: count }, (_, i) => ({
    value: wav.samples.slice(i * packet, (i + 1) * packet),
    ...(i === count - 1 ? { end: true } : {}),
  }));
}

/** The rate that a pipeline's audio has; undefined where it has none. */
export function audioRate({ features }: Pipeline): number | undefined {
  return features.flatMap((feature) => (feature.kind === "audio" ? [feature.rateHz] : []))[0];
}
