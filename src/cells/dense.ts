/**
 * One row of a matrix times a vector: sum over i of matrix[at + i] x[i].
 *
 * Four partial sums, always in the same order: independent chains of additions run side by side in a
 * processor, a single one waits for itself.
 *
 * @param matrix row-major
 * @param at     where the row begins
 * @param x      [n], as long as the row
 */
export function dotRow(matrix: Float64Array, at: number, x: Float64Array): number {
  const n = x.length;
  const whole = n & ~3;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < whole; i += 4) {
    a += matrix[at + i]! * x[i]!;
    b += matrix[at + i + 1]! * x[i + 1]!;
    c += matrix[at + i + 2]! * x[i + 2]!;
    d += matrix[at + i + 3]! * x[i + 3]!;
  }
  for (let i = whole; i < n; i++) a += matrix[at + i]! * x[i]!;
  return a + b + (c + d);
}

/**
 * The way back through `dotRow`: given dy = dL/d(row . x), adds dy row to dx and dy x to the row's
 * gradient.
 */
export function backRow(
  dx: Float64Array,
  gradient: Float64Array,
  matrix: Float64Array,
  at: number,
  x: Float64Array,
  dy: number,
): void {
  for (let i = 0; i < x.length; i++) {
    dx[i] = dx[i]! + dy * matrix[at + i]!;
    gradient[at + i] = gradient[at + i]! + dy * x[i]!;
  }
}
