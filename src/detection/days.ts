/** Days in 10,000 rows. */
export function daysInTenThousand(intervalMs: number): number {
  return (10_000 * intervalMs) / 86_400_000;
}
