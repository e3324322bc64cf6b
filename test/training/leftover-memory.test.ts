import { describe, expect, it } from "vitest";
import { KernelNetwork, Network } from "../../src/cells/index.js";
import { Rng, sin } from "../../src/core/index.js";
import { leftoverMemory, type SequenceBatch } from "../../src/training/index.js";

const [B, T] = [4, 1000];

/** A network that says 0: its errors are the targets. */
const silent = KernelNetwork.from(new Network({ cell: "gru", inputs: 1, hidden: 4, layers: 1, outputs: 1 }));

function lanes(input: Float64Array, target: (t: (lag: number) => number) => number): SequenceBatch {
  const rows = Array.from({ length: B * T }, (_, row) => row);
  const wanted = rows.map((row) => target((lag) => (row % T >= lag ? input[row - lag]! : NaN)));
  return { batch: B, steps: T, input, target: Float64Array.from(wanted) };
}

function noise(seed: number, smoothness = 0): Float64Array {
  const rng = new Rng(seed);
  let x = 0;
  return Float64Array.from({ length: B * T }, () => {
    x = smoothness * x + rng.normal();
    return x;
  });
}

describe("leftoverMemory()", () => {
  it("leftoverMemory() finds the lag that targets depend on", () => {
    const rng = new Rng(9);
    const some = lanes(noise(1), (back) => 0.5 * back(37) + rng.normal());
    const found = leftoverMemory(silent, some, 64);
    expect(found?.lag).toBe(37);
    expect(found?.correlation).toBeCloseTo(0.5 / Math.sqrt(1.25), 1);
    expect(leftoverMemory(silent, some, 30)).toBeNull();
  });

  it("leftoverMemory() names the lag itself when inputs hang together, and the first period of a cycle", () => {
    const rng = new Rng(9);
    const smooth = lanes(noise(2, 0.9), (back) => back(20) + rng.normal());
    expect(Math.abs(leftoverMemory(silent, smooth, 64)!.lag - 20)).toBeLessThanOrEqual(1);
    const cycle = Float64Array.from({ length: B * T }, (_, row) => sin((2 * Math.PI * (row % T)) / 24));
    const periodic = lanes(cycle, (back) => back(24) + rng.normal());
    expect(leftoverMemory(silent, periodic, 128)!.lag).toBeLessThanOrEqual(24);
  });

  it("leftoverMemory() finds nothing in what does not depend, however it hangs together", () => {
    for (let seed = 10; seed < 30; seed++) {
      const rng = new Rng(seed + 100);
      let e = 0;
      const some = lanes(noise(seed, 0.9), () => {
        e = 0.9 * e + rng.normal();
        return e;
      });
      expect(leftoverMemory(silent, some, 64), `seed ${seed}`).toBeNull();
    }
  });

  it("leftoverMemory() looks no further back than a sequence's beginning, and past unknown targets", () => {
    const rng = new Rng(9);
    const begins = new Uint8Array(B * T);
    for (let row = 0; row < B * T; row += 30) begins[row] = 1;
    const some = lanes(noise(1), (back) => back(37) + 0.1 * rng.normal());
    expect(leftoverMemory(silent, { ...some, begins }, 64)).toBeNull();
    const holes = some.target.map((y, row) => (row % 3 === 0 ? NaN : y));
    expect(leftoverMemory(silent, { ...some, target: holes }, 64)?.lag).toBe(37);
  });

  it("leftoverMemory() looks at some of very many lanes", () => {
    const rng = new Rng(9);
    const some = lanes(noise(1), (back) => back(7) + rng.normal());
    expect(leftoverMemory(silent, { ...some, batch: 160, steps: 25 }, 64)?.lag).toBe(7);
  });

  it("leftoverMemory() cannot tell from a short history", () => {
    const short = { batch: 1, steps: 200, input: new Float64Array(200), target: new Float64Array(200) };
    expect(leftoverMemory(silent, short, 64)).toBeUndefined();
  });
});
