const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/**
 * The filled part of a horizontal bar, an eighth of a column fine.
 *
 * @param share  of the width that is filled, in [0, 1]
 * @param width  columns of the whole bar
 * @returns at most `width` columns; what is left of the bar is the caller's to fill
 */
export function filledBar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}
