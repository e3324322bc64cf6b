import { type Cell, GruCell, KernelModel, LstmCell, RnnCell } from "../../cells/index.js";
import { Rng } from "../../core/index.js";
import { type CellSpec, nativeRuntime, openOrtCell, ortRuntime } from "../../onnx/index.js";

export const STEP_ENGINES = ["kernel", "ort-web", "ort-node", "reference"] as const;
export type StepEngine = (typeof STEP_ENGINES)[number];

/** An engine with a cell in it: B keys, each with a state that is carried on. */
export interface Stepper {
  readonly engine: StepEngine;
  /** Steps all keys `count` times; h' of every key comes back to JavaScript each time. */
  steps(count: number): void | Promise<void>;
  close(): void | Promise<void>;
}

/** @returns undefined when the engine is not installed */
export async function openStepper(
  engine: StepEngine,
  spec: CellSpec,
  batch: number,
): Promise<Stepper | undefined> {
  const rng = new Rng(2);
  const x = Float32Array.from({ length: batch * spec.inputs }, () => rng.normal());
  switch (engine) {
    case "kernel":
      return kernelStepper(spec, batch, x);
    case "reference":
      return referenceStepper(spec, batch, x);
    default: {
      const runtime = engine === "ort-web" ? await ortRuntime(engine) : await nativeRuntime();
      if (runtime === undefined) return undefined;
      const cell = await openOrtCell(runtime, spec, batch);
      const steps = async (count: number) => {
        for (let n = 0; n < count; n++) await cell.step(x);
      };
      return { engine, steps, close: () => cell.release() };
    }
  }
}

function kernelStepper({ cell, inputs, hidden, weights }: CellSpec, batch: number, x: Float32Array): Stepper {
  const model = new KernelModel({
    sizes: [inputs, hidden],
    operations: [{ kind: "recurrent", cell, hidden, direction: "forward", weights, input: 0, output: 1 }],
    output: 1,
  });
  const slots = Array.from({ length: batch }, () => model.acquire());
  const outputs = new Float32Array(batch * hidden);
  const steps = (count: number) => {
    if (batch === 1) for (let n = 0; n < count; n++) model.stepSlot(outputs, slots[0]!, x);
    else for (let n = 0; n < count; n++) model.stepSlots(outputs, slots, x);
  };
  return { engine: "kernel", steps, close() {} };
}

function referenceStepper(
  { cell, inputs, hidden, weights }: CellSpec,
  batch: number,
  x: Float32Array,
): Stepper {
  const Class = { rnn: RnnCell, gru: GruCell, lstm: LstmCell }[cell];
  const reference: Cell = new Class(inputs, hidden);
  for (const name of ["weightIh", "weightHh", "biasIh", "biasHh"] as const) {
    reference.parameters[name].values.set(weights[name]);
  }
  const input = Float64Array.from(x);
  const kept = new Float64Array(reference.keptSize);
  const S = reference.stateSize;
  let before = new Float64Array(batch * S);
  let after = new Float64Array(batch * S);
  const steps = (count: number) => {
    for (let n = 0; n < count; n++) {
      for (let b = 0; b < batch; b++) {
        const key = [b * S, (b + 1) * S] as const;
        const row = input.subarray(b * inputs, (b + 1) * inputs);
        reference.forward(after.subarray(...key), kept, before.subarray(...key), row);
      }
      [before, after] = [after, before];
    }
  };
  return { engine: "reference", steps, close() {} };
}
