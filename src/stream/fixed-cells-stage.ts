import { KernelModel, type RecurrentModel } from "../cells/index.js";
import {
  type Batch,
  type EventSteps,
  forgetAsked,
  isProgramFault,
  KeyedState,
  type Stage,
  type StreamEvent,
  standing,
  stepEvent,
  stepEvents,
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
  const steps: EventSteps = {
    stage: "cells",
    step(event) {
      if (event.input === undefined) return;
      const slot = hidden.of(event.sample.key);
      if (event.begins) model.resetState(slot);
      event.output = new Float64Array(model.outputs);
      event.model = model.name;
      model.stepSlot(event.output, slot, event.input);
    },
    forget: (key) => hidden.reset(key),
    begin: (key) => model.resetState(hidden.of(key)),
  };
  return {
    slots: [hidden],
    process(batch: Batch): void {
      refuseModelRequests(batch);
      forgetAsked(batch, hidden);
      void stepEvents(batch, steps);
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

  /** [S] a key's state before the step under way. */
  const before = new Float64Array(model.stateSize);
  let stepping: string | undefined;
  const steps: EventSteps = {
    stage: "cells",
    step(event) {
      stepping = undefined;
      if (event.input === undefined) return;
      const { key } = event.sample;
      const state = hidden.of(key);
      if (event.begins) state.set(initial);
      before.set(state);
      stepping = key;
      event.output = new Float64Array(model.outputs);
      event.model = model.name;
      return model.step(event.output, state, event.input);
    },
    forget: (key) => hidden.reset(key),
    undo: (key) => {
      if (stepping === key) hidden.of(key).set(before);
    },
    begin: (key) => hidden.of(key).set(initial),
  };

  /** Events of different keys in one run; one by one where that fails, to find at which. */
  const run = async (batch: Batch, together: readonly StreamEvent[]): Promise<void> => {
    if (together.length === 0) return;
    const states = together.map(({ sample, begins }) => {
      const state = hidden.of(sample.key);
      if (begins) state.set(initial);
      return state;
    });
    const copies = states.map((state) => state.slice());
    const outputs = together.map(() => new Float64Array(model.outputs));
    try {
      await model.stepKeys?.(
        outputs,
        states,
        together.map(({ input }) => input!),
      );
    } catch (error) {
      if (isProgramFault(error)) throw error;
      for (const [i, state] of states.entries()) state.set(copies[i]!);
      await stepEvents({ ...batch, events: together }, steps);
      return;
    }
    for (const [i, event] of together.entries()) {
      event.output = outputs[i];
      event.model = model.name;
    }
  };

  /** As many in one run as come before a key comes again. */
  const stepTogether = async (batch: Batch): Promise<void> => {
    const waiting = new Map<string, StreamEvent>();
    const runWaiting = async (): Promise<void> => {
      const together = [...waiting.values()];
      waiting.clear();
      await run(batch, together);
    };
    for (const event of batch.events) {
      const isLeftOut = event.note === "fault" || event.failsIn === steps.stage;
      if (!isLeftOut && (event.note !== "" || event.input === undefined)) continue;
      if (waiting.has(event.sample.key)) await runWaiting();
      if (isLeftOut) await stepEvent(batch, event, steps);
      else waiting.set(event.sample.key, event);
    }
    await runWaiting();
  };

  const canBatch = isFast && model.canBatch === true && model.stepKeys !== undefined;
  return {
    slots: [hidden],
    process: (batch: Batch) => {
      refuseModelRequests(batch);
      forgetAsked(batch, hidden);
      return canBatch ? stepTogether(batch) : stepEvents(batch, steps);
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
