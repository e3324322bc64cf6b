/* Rows of activations: time-major [T, B], padded to 16 elements and a little more. Strides are in bytes. */

/** Every row = values: sums begin with their bias. @param values [width], a multiple of 4 */
export function fillRows(y: usize, yRow: usize, values: usize, rows: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let row = 0; row < rows; row++) {
    for (let n: usize = 0; n < bytes; n += 16) v128.store(y + n, v128.load(values + n));
    y += yRow;
  }
}

/** From the host's order to ours: rows[t, b] = values[b, t], of `width` elements each. */
export function toRows(rows: usize, row: usize, values: usize, B: i32, T: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      copyElements(rows + <usize>(t * B + b) * row, values, bytes);
      values += bytes;
    }
  }
}

/** And back: values[b, t] = rows[t, b]. */
export function fromRows(values: usize, rows: usize, row: usize, B: i32, T: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      copyElements(values, rows + <usize>(t * B + b) * row, bytes);
      values += bytes;
    }
  }
}

// @ts-ignore: decorator
@inline
function copyElements(to: usize, from: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 4) store<f32>(to + i, load<f32>(from + i));
}

/** y = x mask, row by row: dropout, on the way there and on the way back. @param mask [rows, width] */
export function maskRows(
  y: usize,
  yRow: usize,
  x: usize,
  xRow: usize,
  mask: usize,
  rows: i32,
  width: i32,
): void {
  const bytes = <usize>width << 2;
  for (let row = 0; row < rows; row++) {
    for (let n: usize = 0; n < bytes; n += 16) {
      v128.store(y + n, f32x4.mul(v128.load(x + n), v128.load(mask + n)));
    }
    y += yRow;
    x += xRow;
    mask += bytes;
  }
}
