import { exp, sigmoid, tanh } from "../math";

/** f, as the host writes it down: see kernel-plan.ts. */
export const enum F {
  relu,
  leakyRelu,
  elu,
  sigmoid,
  hardSigmoid,
  tanh,
  softplus,
  exp,
  abs,
  neg,
  sqrt,
}

/**
 * y = f(x), element by element; a NaN stays one. Rows have room for whole vectors: what lies past N is
 * overwritten too.
 *
 * @param y [N], may be x
 */
export function elementwise(y: usize, x: usize, N: usize, f: i32, alpha: f32, beta: f32): void {
  if (f == F.softplus) return softplus(y, x, N);
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const a = f32x4.splat(alpha);
  const b = f32x4.splat(beta);
  for (const end = x + (N << 2); x < end; x += 16) {
    const value = v128.load(x);
    let result = value;
    switch (f) {
      case F.relu: result = f32x4.max(value, zero); break;
      case F.leakyRelu: result = v128.bitselect(f32x4.mul(a, value), value, f32x4.lt(value, zero)); break;
      case F.elu:
        result = v128.bitselect(f32x4.mul(a, f32x4.sub(exp(value), one)), value, f32x4.lt(value, zero));
        break;
      case F.sigmoid: result = sigmoid(value); break;
      case F.hardSigmoid:
        result = f32x4.max(f32x4.min(f32x4.add(f32x4.mul(a, value), b), one), zero);
        break;
      case F.tanh: result = tanh(value); break;
      case F.exp: result = exp(value); break;
      case F.abs: result = f32x4.abs(value); break;
      case F.neg: result = f32x4.neg(value); break;
      case F.sqrt: result = f32x4.sqrt(value); break;
    }
    v128.store(y, result);
    y += 16;
  }
}

/** log(1 + e^x), in float64; past 40 it is x. NativeMath is compiled into the kernel: the same bits everywhere. */
function softplus(y: usize, x: usize, N: usize): void {
  for (let i: usize = 0; i < N << 2; i += 4) {
    const value = load<f32>(x + i);
    store<f32>(y + i, value > 40 ? value : <f32>NativeMath.log1p(NativeMath.exp(value)));
  }
}

/** y = a op b, op one of + - * /, 0 to 3; an operand of size 1 is spread. */
export function binary(y: usize, a: usize, aSize: usize, b: usize, bSize: usize, N: usize, op: i32): void {
  const a1 = v128.load32_splat(a);
  const b1 = v128.load32_splat(b);
  for (let i: usize = 0; i < N << 2; i += 16) {
    const left = aSize == 1 ? a1 : v128.load(a + i);
    const right = bSize == 1 ? b1 : v128.load(b + i);
    v128.store(
      y + i,
      op == 0 ? f32x4.add(left, right)
        : op == 1 ? f32x4.sub(left, right)
        : op == 2 ? f32x4.mul(left, right)
        : f32x4.div(left, right),
    );
  }
}
