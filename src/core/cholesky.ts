/**
 * Cholesky's decomposition A = L L' in place.
 *
 * @param a [n, n] positive definite, its lower triangle; becomes L
 */
export function decompose(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j]!;
    }
  }
}

/**
 * Solves L L' s = b.
 *
 * @param l [n, n] by `decompose`
 * @param b [n], becomes s
 */
export function substitute(l: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) b[i]! -= l[i * n + k]! * b[k]!;
    b[i]! /= l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i]! -= l[k * n + i]! * b[k]!;
    b[i]! /= l[i * n + i]!;
  }
  return b;
}
