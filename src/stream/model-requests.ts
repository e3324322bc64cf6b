import { ByteReader, ByteWriter } from "../core/index.js";

/** What `promote` brings: a forecaster with its name. */
export interface Promotion {
  readonly model: string;
  /** `forecasterToBytes` */
  readonly bytes: Uint8Array;
}

/** Body of a request `promote`. */
export function writePromotion({ model, bytes }: Promotion): Uint8Array {
  return new ByteWriter().text(model).bytes(bytes).finish();
}

/** @throws RangeError code `STATE_CORRUPT` */
export function readPromotion(body: Uint8Array): Promotion {
  const reader = new ByteReader(body, "request promote");
  const promotion = { model: reader.text(), bytes: reader.bytes() };
  reader.end();
  return promotion;
}
