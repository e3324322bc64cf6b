import { problem } from "../core/index.js";

const UNIT_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/**
 * Reads a size: a number and a unit (`B`, `kB MB GB` by thousands, `KiB MiB GiB` by 1024).
 *
 * @returns whole bytes
 * @throws SyntaxError code `BAD_SIZE`
 */
export function parseSize(text: string): number {
  const [, number, unit] = /^(\d{1,12}(?:\.\d{1,6})?) ?(B|kB|MB|GB|KiB|MiB|GiB)$/.exec(text.trim()) ?? [];
  const bytes = Number(number) * (UNIT_BYTES[unit ?? ""] ?? Number.NaN);
  if (!Number.isSafeInteger(Math.round(bytes))) {
    throw problem(SyntaxError, {
      code: "BAD_SIZE",
      action: "read size",
      on: JSON.stringify(text),
      expected: "a number and a unit (B, kB, MB, GB, KiB, MiB, GiB), such as 256KiB",
      found: JSON.stringify(text),
    });
  }
  return Math.round(bytes);
}

/**
 * Reads a share: a number and `%`, over 0 and up to 100.
 *
 * @returns the share as a fraction, in (0, 1]
 * @throws SyntaxError code `BAD_PERCENT`
 */
export function parsePercent(text: string): number {
  const share = Number(/^(\d{1,3}(?:\.\d{1,6})?) ?%$/.exec(text.trim())?.[1] ?? Number.NaN) / 100;
  if (!(share > 0 && share <= 1)) {
    throw problem(SyntaxError, {
      code: "BAD_PERCENT",
      action: "read share",
      on: JSON.stringify(text),
      expected: "a number over 0 and up to 100, and %, such as 20%",
      found: JSON.stringify(text),
    });
  }
  return share;
}
