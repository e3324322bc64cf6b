/** Reads in one way only, so that no text makes it try many. */
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const NO_NUMBER = /^(?:[+-]?(?:nan|inf|infinity)|na|n\/a|null|none)$/i;

/**
 * A number written in text: decimal, with or without an exponent. What says that there is no number (`NaN`,
 * `inf`, `NA`, `N/A`, `null`, `None`: so write C, R, pandas, spreadsheets) is NaN.
 *
 * @returns undefined if the text is neither
 */
export function readNumberText(text: string): number | undefined {
  if (DECIMAL.test(text)) return Number(text);
  return NO_NUMBER.test(text) ? Number.NaN : undefined;
}
