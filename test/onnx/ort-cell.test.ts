import { describe, expect, it } from "vitest";
import { type CellKind, type CellWeights, KernelModel } from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import { nativeRuntime, openOrtCell, ortRuntime } from "../../src/onnx/index.js";

/** float32 on both sides. */
const TOLERANCE = 1e-6;
const I = 3;
const H = 5;
const B = 6;
const GATES: Readonly<Record<CellKind, number>> = { rnn: 1, gru: 3, lstm: 4 };

function randomWeights(cell: CellKind, rng: Rng): CellWeights {
  const rows = GATES[cell] * H;
  const draw = (size: number) => Float32Array.from({ length: size }, () => 0.4 * rng.normal());
  return { weightIh: draw(rows * I), weightHh: draw(rows * H), biasIh: draw(rows), biasHh: draw(rows) };
}

describe.each(["ort-web", "ort-node"] as const)("openOrtCell(%s)", (engine) => {
  it.each(["rnn", "gru", "lstm"] as const)("steps the same %s as the kernel", async (cell) => {
    const rng = new Rng(1);
    const weights = randomWeights(cell, rng);
    const runtime = engine === "ort-web" ? await ortRuntime(engine) : await nativeRuntime();
    // onnxruntime-node is optional.
    if (runtime === undefined) return expect(engine).toBe("ort-node");
    const session = await openOrtCell(runtime, { cell, inputs: I, hidden: H, weights }, B);
    const kernel = new KernelModel({
      sizes: [I, H],
      operations: [
        { kind: "recurrent", cell, hidden: H, direction: "forward", weights, input: 0, output: 1 },
      ],
      output: 1,
    });
    const slots = Array.from({ length: B }, () => kernel.acquire());
    const outputs = new Float32Array(B * H);
    for (let t = 0; t < 4; t++) {
      const x = Float32Array.from({ length: B * I }, () => rng.normal());
      const expected = await session.step(x);
      kernel.stepSlots(outputs, slots, x);
      for (const [i, value] of expected.entries()) {
        expect(Math.abs(outputs[i]! - value)).toBeLessThan(TOLERANCE);
      }
    }
    await session.release();
  });
});
