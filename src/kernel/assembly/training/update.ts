/*
 * Updates of all weights at once: weights, gradients and an optimizer's memories are arrays of the same
 * layout and N elements, a multiple of 4. Gradients are multiplied by `scale` first (clipping). The
 * formulas are PyTorch's; decay is weight decay added to the gradient.
 */

/** The sum of squares, in float64. */
export function sumOfSquares(x: usize, N: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const end = x + (<usize>N << 2);
  for (; x < end; x += 16) {
    const v = v128.load(x);
    const a = f64x2.promote_low_f32x4(v);
    const b = f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** v = momentum v + g; w -= rate v */
export function sgd(w: usize, g: usize, v: usize, N: i32, scale: f32, rate: f32, momentum: f32, decay: f32): void {
  const scales = f32x4.splat(scale);
  const rates = f32x4.splat(rate);
  const momenta = f32x4.splat(momentum);
  const decays = f32x4.splat(decay);
  for (let i: usize = 0; i < <usize>N << 2; i += 16) {
    const weight = v128.load(w + i);
    const gradient = f32x4.add(f32x4.mul(v128.load(g + i), scales), f32x4.mul(decays, weight));
    const velocity = f32x4.add(f32x4.mul(momenta, v128.load(v + i)), gradient);
    v128.store(v + i, velocity);
    v128.store(w + i, f32x4.sub(weight, f32x4.mul(rates, velocity)));
  }
}

/** s = alpha s + (1 - alpha) g^2; v = momentum v + g / (sqrt(s) + epsilon); w -= rate v */
export function rmsProp(
  w: usize,
  g: usize,
  v: usize,
  s: usize,
  N: i32,
  scale: f32,
  rate: f32,
  momentum: f32,
  decay: f32,
  alpha: f32,
  rest: f32,
  epsilon: f32,
): void {
  const scales = f32x4.splat(scale);
  const rates = f32x4.splat(rate);
  const momenta = f32x4.splat(momentum);
  const decays = f32x4.splat(decay);
  const alphas = f32x4.splat(alpha);
  const rests = f32x4.splat(rest);
  const epsilons = f32x4.splat(epsilon);
  for (let i: usize = 0; i < <usize>N << 2; i += 16) {
    const weight = v128.load(w + i);
    const gradient = f32x4.add(f32x4.mul(v128.load(g + i), scales), f32x4.mul(decays, weight));
    const square = f32x4.add(
      f32x4.mul(alphas, v128.load(s + i)),
      f32x4.mul(f32x4.mul(rests, gradient), gradient),
    );
    const step = f32x4.div(gradient, f32x4.add(f32x4.sqrt(square), epsilons));
    const velocity = f32x4.add(f32x4.mul(momenta, v128.load(v + i)), step);
    v128.store(s + i, square);
    v128.store(v + i, velocity);
    v128.store(w + i, f32x4.sub(weight, f32x4.mul(rates, velocity)));
  }
}

/**
 * m = beta1 m + rest1 g;  s = beta2 s + rest2 g^2;  w = kept w - rate m / (sqrt(s) unbias + epsilon)
 *
 * @param rest1, rest2 1 - beta1, 1 - beta2
 * @param rate   the learning rate over 1 - beta1^t
 * @param unbias 1 / sqrt(1 - beta2^t)
 * @param kept   1 less decoupled weight decay (AdamW's)
 */
export function adam(
  w: usize,
  g: usize,
  m: usize,
  s: usize,
  N: i32,
  scale: f32,
  rate: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  unbias: f32,
  epsilon: f32,
  decay: f32,
  kept: f32,
): void {
  const scales = f32x4.splat(scale);
  const rates = f32x4.splat(rate);
  const beta1s = f32x4.splat(beta1);
  const rest1s = f32x4.splat(rest1);
  const beta2s = f32x4.splat(beta2);
  const rest2s = f32x4.splat(rest2);
  const unbiases = f32x4.splat(unbias);
  const epsilons = f32x4.splat(epsilon);
  const decays = f32x4.splat(decay);
  const kepts = f32x4.splat(kept);
  for (let i: usize = 0; i < <usize>N << 2; i += 16) {
    const weight = v128.load(w + i);
    const gradient = f32x4.add(f32x4.mul(v128.load(g + i), scales), f32x4.mul(decays, weight));
    const mean = f32x4.add(f32x4.mul(beta1s, v128.load(m + i)), f32x4.mul(rest1s, gradient));
    const square = f32x4.add(
      f32x4.mul(beta2s, v128.load(s + i)),
      f32x4.mul(f32x4.mul(rest2s, gradient), gradient),
    );
    const size = f32x4.add(f32x4.mul(f32x4.sqrt(square), unbiases), epsilons);
    v128.store(m + i, mean);
    v128.store(s + i, square);
    v128.store(w + i, f32x4.sub(f32x4.mul(kepts, weight), f32x4.div(f32x4.mul(rates, mean), size)));
  }
}
