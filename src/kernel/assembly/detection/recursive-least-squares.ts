/*
 * Recursive least squares with forgetting (Plackett 1950; Haykin, Adaptive Filter Theory), in float64: P is the
 * inverse of a sum over all the past, in which float32 loses its symmetry.
 *
 * N is even; what lies beyond the inputs that there are is 0 in phi, and stays so in P phi.
 */

/** The largest that an element of P's diagonal may be: where nothing excites an input, forgetting alone blows it up. */
// @ts-ignore: decorator
@inline const LARGEST: f64 = 1e4;

/**
 * Leverage of an input: phi' P phi.
 *
 * @param wide [N] overwritten with phi in float64
 * @param pphi [N] overwritten with P phi
 * @param phi  [N] float32
 * @param P    [N, N]
 */
export function leverage(wide: usize, pphi: usize, phi: usize, P: usize, N: usize): f64 {
  for (let i: usize = 0; i < N; i++) store<f64>(wide + (i << 3), <f64>load<f32>(phi + (i << 2)));
  let all: f64 = 0;
  for (let i: usize = 0; i < N; i++) {
    const row = P + ((i * N) << 3);
    let a = f64x2.splat(0);
    let b = f64x2.splat(0);
    let j: usize = 0;
    for (; j + 4 <= N; j += 4) {
      a = f64x2.add(a, f64x2.mul(v128.load(row + (j << 3)), v128.load(wide + (j << 3))));
      b = f64x2.add(b, f64x2.mul(v128.load(row + (j << 3), 16), v128.load(wide + (j << 3), 16)));
    }
    for (; j < N; j += 2) a = f64x2.add(a, f64x2.mul(v128.load(row + (j << 3)), v128.load(wide + (j << 3))));
    a = f64x2.add(a, b);
    const sum = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
    store<f64>(pphi + (i << 3), sum);
    all += sum * load<f64>(wide + (i << 3));
  }
  return all;
}

/** w . phi, phi in float64. */
export function dot(w: usize, wide: usize, N: usize): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < N << 3; i += 8) sum += load<f64>(w + i) * load<f64>(wide + i);
  return sum;
}

/**
 * Learns y from the input that `leverage` saw last: k = P phi / (lambda + phi' P phi), w += k error,
 * P = (P - k phi' P) / lambda.
 *
 * @param w     [N] changed in place
 * @param error y - w . phi, as it is to be learned
 * @param own   phi' P phi
 */
export function learn(w: usize, pphi: usize, P: usize, N: usize, error: f64, own: f64, lambda: f64): void {
  const inverse = 1 / (lambda + own);
  const scale = f64x2.splat(1 / lambda);
  let largest: f64 = 0;
  for (let i: usize = 0; i < N; i++) {
    const gain = load<f64>(pphi + (i << 3)) * inverse;
    store<f64>(w + (i << 3), load<f64>(w + (i << 3)) + gain * error);
    const k = f64x2.splat(gain);
    const row = P + ((i * N) << 3);
    for (let j: usize = 0; j < N << 3; j += 16) {
      const less = f64x2.sub(v128.load(row + j), f64x2.mul(k, v128.load(pphi + j)));
      v128.store(row + j, f64x2.mul(less, scale));
    }
    largest = max(largest, load<f64>(row + (i << 3)));
  }
  if (largest > LARGEST) shrink(P, N, LARGEST / largest);
}

function shrink(P: usize, N: usize, factor: f64): void {
  const by = f64x2.splat(factor);
  const end = P + ((N * N) << 3);
  for (let p = P; p < end; p += 16) v128.store(p, f64x2.mul(v128.load(p), by));
}
