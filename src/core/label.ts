import { ByteReader, ByteWriter } from "./bytes.js";

/**
 * What somebody says of a stretch of a key:
 *
 * - `false-alarm`: it was usual, and shouldn't have raised an alert
 * - `missed`: it was unusual, and should have
 * - `normal-from-here`: from its beginning on, this is how things are
 */
export const LABELS = ["false-alarm", "missed", "normal-from-here"] as const;
export type LabelKind = (typeof LABELS)[number];

export interface Label {
  readonly label: LabelKind;
  /** Event times, ms, both included; `normal-from-here` has no end. */
  readonly from: number;
  readonly to: number;
}

/** Body of a request `label`. */
export function writeLabel({ label, from, to }: Label): Uint8Array {
  return new ByteWriter().u8(LABELS.indexOf(label)).f64(from).f64(to).finish();
}

/** @throws RangeError code `STATE_CORRUPT` */
export function readLabel(body: Uint8Array): Label {
  const reader = new ByteReader(body, "request label");
  const [index, from, to] = [reader.u8(), reader.f64(), reader.f64()];
  reader.end();
  return { label: LABELS[index] ?? "false-alarm", from, to };
}
