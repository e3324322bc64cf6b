/**
 * Complementary error function erfc(x) = 2 / sqrt(pi) times the integral of e^-t^2 from x on, x >= 0, to about 15
 * digits: below 2 by the series of erf (Abramowitz and Stegun 7.1.6), from there by Lentz's method for the continued
 * fraction (7.1.14).
 */
export function erfc(x: number): number {
  const factor = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < 2) {
    let term = 2 * x;
    let sum = term;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - factor * sum;
  }
  let fraction = x;
  for (let n = 200; n > 0; n--) fraction = x + n / 2 / fraction;
  return factor / fraction;
}
