import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../../src/core/index.js";
import { Kernel, type Pointer } from "../../src/kernel/index.js";

/** Elements by which rows are longer than they need be. */
const SLACK = 4;

/** Sizes, and how many elements of a row are not zero. */
const sizes = fc.record({
  rows: fc.integer({ min: 1, max: 70 }),
  K: fc.integer({ min: 1, max: 40 }),
  blocks: fc.integer({ min: 1, max: 4 }),
  set: fc.integer({ min: 0, max: 3 }),
  seed: fc.nat(),
});

/** Matrices of a product, in a kernel of their own. */
function matrices({ rows, K, blocks, set, seed }: typeof sizes extends fc.Arbitrary<infer S> ? S : never) {
  const rng = new Rng(seed);
  const kernel = new Kernel();
  const fill = (length: number): Pointer => {
    const at = kernel.allocate(length);
    kernel.view(at, length).set(Float32Array.from({ length }, () => rng.normal()));
    return at;
  };
  const K4 = Math.ceil(K / 4) * 4;
  const [xWidth, yWidth] = [K + SLACK, 16 * blocks + SLACK];
  const x = fill(rows * xWidth);
  for (let row = 0; row < rows; row++) {
    // What is behind a row's end is not zero, and must not be seen.
    kernel.view(x + 4 * row * xWidth, K).fill(0);
    for (let i = 0; i < set; i++) kernel.view(x + 4 * row * xWidth, K)[rng.integer(K)] = rng.normal();
  }
  const w = fill(blocks * K4 * 16);
  const ys = [fill(rows * yWidth), kernel.allocate(rows * yWidth)] as const;
  kernel.view(ys[1], rows * yWidth).set(kernel.view(ys[0], rows * yWidth));
  const of = (at: Pointer, length: number) => [...kernel.view(at, length)];
  const xs = [4 * xWidth, w, 64 * K4, rows, K, blocks] as const;
  return { kernel, x, w, ys, yWidth, K4, of, xs };
}

describe("products with sparse rows", () => {
  it("countNonZeros() counts them", () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const { kernel, x, xs, of } = matrices(size);
        const { rows, K } = size;
        const all = Array.from({ length: rows }, (_, row) => of(x + row * xs[0], K)).flat();
        const count = kernel.exports.countNonZeros(x, xs[0], rows, K);
        expect(count).toBe(all.filter((value) => value !== 0).length);
      }),
    );
  });

  it("multiplySparse() gives the bits of multiply()", () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const { kernel, x, ys, yWidth, of, xs } = matrices(size);
        kernel.exports.multiply(ys[0], 4 * yWidth, x, ...xs);
        kernel.exports.multiplySparse(ys[1], 4 * yWidth, x, ...xs);
        const length = size.rows * yWidth;
        expect(of(ys[1], length)).toEqual(of(ys[0], length));
      }),
    );
  });

  it("multiplySparseGradient() gives the bits of multiplyGradient()", () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const { kernel, x, ys, yWidth, K4, of, xs } = matrices(size);
        const { rows, K, blocks } = size;
        const length = blocks * K4 * 16;
        const [dense, sparse] = [kernel.allocate(length), kernel.allocate(length)];
        const shape = [ys[0], 4 * yWidth, x, xs[0], rows, K, blocks] as const;
        kernel.exports.multiplyGradient(dense, 64 * K4, ...shape);
        kernel.exports.multiplySparseGradient(sparse, 64 * K4, ...shape);
        expect(of(sparse, length)).toEqual(of(dense, length));
      }),
    );
  });
});
