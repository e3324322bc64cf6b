import { KernelModel, type RecurrentModel } from "../cells/index.js";
import {
  type Batch,
  forgetAsked,
  KeyedState,
  type Stage,
  type StreamEvent,
  standing,
} from "../core/index.js";
import { HiddenStates } from "./hidden-states.js";

export interface FixedCellsOptions {
  /**
   * `fast`: a model that can steps waiting events of different keys in one run, which may change the last bits
   * with what happened to wait; default `exact`, each by itself. The kernel is exact either way.
   */
  readonly batch?: "exact" | "fast";
}

/**
 * Steps a network that doesn't change (a user's file): (x, hidden state of the key) -> (output, hidden
 * state'). Slot: `hidden`. A model that answers later (ONNX Runtime) is waited for, run by run.
 */
export function fixedCellsStage(model: RecurrentModel, { batch = "exact" }: FixedCellsOptions = {}): Stage {
  return model instanceof KernelModel ? kernelStage(model) : portStage(model, batch === "fast");
}

/** States stand in the kernel's slab. */
function kernelStage(model: KernelModel): Stage {
  const hidden = new HiddenStates();
  hidden.serve(model);
  return {
    slots: [hidden],
    process(batch: Batch): void {
      refuseModelRequests(batch);
      forgetAsked(batch, hidden);
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
function portStage(model: RecurrentModel, isFast: boolean): Stage {
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

  /** Events of different keys in one run, as many as come before a key comes again. */
  const stepTogether = async (events: readonly StreamEvent[]): Promise<void> => {
    const waiting = new Map<string, StreamEvent>();
    const run = async (): Promise<void> => {
      const together = [...waiting.values()];
      waiting.clear();
      if (together.length === 0) return;
      const states = together.map(({ sample, begins }) => {
        const state = hidden.of(sample.key);
        if (begins) state.set(initial);
        return state;
      });
      const outputs = together.map(() => new Float64Array(model.outputs));
      await model.stepKeys?.(
        outputs,
        states,
        together.map(({ input }) => input!),
      );
      for (const [i, event] of together.entries()) {
        event.output = outputs[i];
        event.model = model.name;
      }
    };
    for (const event of events) {
      if (event.note !== "" || event.input === undefined) continue;
      if (waiting.has(event.sample.key)) await run();
      waiting.set(event.sample.key, event);
    }
    await run();
  };

  const canBatch = isFast && model.canBatch === true && model.stepKeys !== undefined;
  return {
    slots: [hidden],
    process: (batch: Batch) => {
      refuseModelRequests(batch);
      forgetAsked(batch, hidden);
      return canBatch ? stepTogether(batch.events) : stepFrom(batch.events, 0);
    },
  };
}

/** This network is the user's, and stays. */
export function refuseModelRequests(batch: Batch): void {
  for (const request of standing(batch.requests)) {
    const { kind } = request;
    if (kind !== "tune" && kind !== "promote" && kind !== "rollback") continue;
    const message = `Cannot ${kind}: expected a network of Eddy's own, found one from a file`;
    request.refusal = { code: "NOT_DONE", message };
  }
}
