import { expect, it } from "vitest";
import type { RecurrentModel } from "../../src/cells/index.js";
import { ByteReader, ByteWriter, Rng } from "../../src/core/index.js";

/** What the suite needs to know of a model that steps keys. */
export interface RecurrentModelUnderTest {
  /** The same seed must give the same network. */
  create(seed: number): RecurrentModel | Promise<RecurrentModel>;
  /** Writes the model down and reads it back, where its kind of model can. */
  copy?(model: RecurrentModel): RecurrentModel | Promise<RecurrentModel>;
  /** Runs a whole sequence [T, I] from a state of zeros at once, giving [T, O]. */
  wholeSequence?(
    model: RecurrentModel,
    input: Float64Array,
    steps: number,
  ): Float64Array | Promise<Float64Array>;
}

const STEPS = 12;

function sequence(inputs: number, seed = 4): Float64Array {
  const rng = new Rng(seed);
  return Float64Array.from({ length: STEPS * inputs }, () => rng.normal());
}

/** Steps `input` [T, I] through the model; returns the outputs [T, O]. */
async function run(model: RecurrentModel, state: Float64Array, input: Float64Array): Promise<Float64Array> {
  const steps = input.length / model.inputs;
  const outputs = new Float64Array(steps * model.outputs);
  for (let t = 0; t < steps; t++) {
    await model.step(
      outputs.subarray(t * model.outputs, (t + 1) * model.outputs),
      state,
      input.subarray(t * model.inputs, (t + 1) * model.inputs),
    );
  }
  return outputs;
}

/** One suite for whatever stands behind `RecurrentModel`: the reference cells, the kernel, ONNX Runtime. */
export function recurrentModelSuite(name: string, test: RecurrentModelUnderTest): void {
  const { wholeSequence, copy } = test;

  if (wholeSequence)
    it(`${name}.step() one by one equals the whole sequence`, async () => {
      const model = await test.create(1);
      const input = sequence(model.inputs);
      const stepped = await run(model, new Float64Array(model.stateSize), input);
      expect(stepped).toEqual(await wholeSequence?.(model, input, STEPS));
      expect(stepped.every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
    });

  it(`${name}.step() gives the same numbers for the same seed, others for another`, async () => {
    const outputs: Float64Array[] = [];
    for (const seed of [1, 1, 2]) {
      const model = await test.create(seed);
      outputs.push(await run(model, new Float64Array(model.stateSize), sequence(model.inputs)));
    }
    expect(outputs[0]).toEqual(outputs[1]);
    expect(outputs[0]).not.toEqual(outputs[2]);
  });

  it(`${name}.step() does not change its input`, async () => {
    const model = await test.create(1);
    const input = sequence(model.inputs);
    await run(model, new Float64Array(model.stateSize), input);
    expect(input).toEqual(sequence(model.inputs));
  });

  it(`${name}.step() keeps nothing of one key for the next: all memory is in the caller's state`, async () => {
    const model = await test.create(1);
    const input = sequence(model.inputs);
    const alone = await run(model, new Float64Array(model.stateSize), input);
    await run(model, new Float64Array(model.stateSize), sequence(model.inputs, 5));
    expect(await run(model, new Float64Array(model.stateSize), input)).toEqual(alone);
  });

  if (copy)
    it(`${name} saved, restored and continued is bit-identical`, async () => {
      const model = await test.create(1);
      const input = sequence(model.inputs);
      const half = (STEPS / 2) * model.inputs;
      const state = new Float64Array(model.stateSize);
      await run(model, state, input.subarray(0, half));

      const saved = new ByteWriter().f64s(state).finish();
      const expected = await run(model, state, input.subarray(half));
      const restored = new ByteReader(saved, "state").f64s();
      const again = (await copy?.(model)) ?? model;
      expect(await run(again, restored, input.subarray(half))).toEqual(expected);
      expect(restored).toEqual(state);
    });

  it.each([NaN, Infinity, -Infinity])(
    `${name}.step() leaves the state unchanged and answers NaN when an input is %d`,
    async (bad) => {
      const model = await test.create(1);
      const state = new Float64Array(model.stateSize);
      await run(model, state, sequence(model.inputs));
      const before = state.slice();
      const input = new Float64Array(model.inputs);
      input[model.inputs - 1] = bad;
      const output = new Float64Array(model.outputs);
      await model.step(output, state, input);
      expect(state).toEqual(before);
      expect(output.every(Number.isNaN)).toBe(true);
    },
  );
}
