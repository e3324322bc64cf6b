import { KernelModel, type RecurrentModel } from "../cells/index.js";
import { type Batch, KeyedState, type Stage, type StreamEvent } from "../core/index.js";
import { HiddenStates } from "./hidden-states.js";

/**
 * Steps a network that doesn't change (a user's file): (x, hidden state of the key) -> (output, hidden
 * state'). Slot: `hidden`. A model that answers later (ONNX Runtime) is waited for, event by event.
 */
export function fixedCellsStage(model: RecurrentModel): Stage {
  return model instanceof KernelModel ? kernelStage(model) : portStage(model);
}

/** States stand in the kernel's slab. */
function kernelStage(model: KernelModel): Stage {
  const hidden = new HiddenStates();
  hidden.serve(model);
  return {
    slots: [hidden],
    process(batch: Batch): void {
      for (const event of batch.events) {
        if (event.note !== "" || event.input === undefined) continue;
        const slot = hidden.of(event.sample.key);
        if (event.begins) model.resetState(slot);
        event.output = new Float64Array(model.outputs);
        event.model = model.name;
        model.stepSlot(event.output, slot, event.input);
      }
    },
  };
}

/** States stand here, and are handed to the model for every step. */
function portStage(model: RecurrentModel): Stage {
  const initial = model.initialState ?? new Float64Array(model.stateSize);
  const hidden = new KeyedState<Float64Array>({
    name: "hidden",
    version: 1,
    create: () => initial.slice(),
    write: (state, to) => to.f64s(state),
    read: (from) => from.f64s(),
  });

  const stepFrom = (events: readonly StreamEvent[], first: number): void | Promise<void> => {
    for (let i = first; i < events.length; i++) {
      const event = events[i];
      if (event === undefined || event.note !== "" || event.input === undefined) continue;
      const state = hidden.of(event.sample.key);
      if (event.begins) state.set(initial);
      event.output = new Float64Array(model.outputs);
      event.model = model.name;
      const waiting = model.step(event.output, state, event.input);
      if (waiting !== undefined) return waiting.then(() => stepFrom(events, i + 1));
    }
  };

  return { slots: [hidden], process: (batch: Batch) => stepFrom(batch.events, 0) };
}
