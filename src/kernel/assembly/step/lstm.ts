import { sigmoid, tanh } from "../math";

/**
 * An LSTM's units, once its gates are summed up:
 *
 *     i = sigmoid(. + p_i c)    f = sigmoid(. + p_f c)    g = tanh(.)    c' = f c + i g
 *     o = sigmoid(. + p_o c')   h' = o tanh(c')
 *
 * @param h1       [H] h', overwritten
 * @param c1       [H] c', overwritten
 * @param gates    [4 H] i, f, g, o before their nonlinearity
 * @param c        [H]
 * @param peephole [3 H] p_i, p_f, p_o; 0: none
 * @param H        a multiple of 4
 */
export function lstmUnits(h1: usize, c1: usize, gates: usize, c: usize, peephole: usize, H: usize): void {
  const size = H << 2;
  for (let u: usize = 0; u < size; u += 16) {
    let i = v128.load(gates + u);
    let f = v128.load(gates + size + u);
    let o = v128.load(gates + 3 * size + u);
    const before = v128.load(c + u);
    if (peephole) {
      i = f32x4.add(i, f32x4.mul(v128.load(peephole + u), before));
      f = f32x4.add(f, f32x4.mul(v128.load(peephole + size + u), before));
    }
    const g = tanh(v128.load(gates + 2 * size + u));
    const after = f32x4.add(f32x4.mul(sigmoid(f), before), f32x4.mul(sigmoid(i), g));
    if (peephole) o = f32x4.add(o, f32x4.mul(v128.load(peephole + 2 * size + u), after));
    v128.store(c1 + u, after);
    v128.store(h1 + u, f32x4.mul(sigmoid(o), tanh(after)));
  }
}
