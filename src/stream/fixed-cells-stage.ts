import type { RecurrentModel } from "../cells/index.js";
import { type Batch, KeyedState, type Stage, type StreamEvent } from "../core/index.js";

/**
 * The hidden state of every key under one network: slot `hidden`.
 *
 * @param initial [S] at the start of a sequence; default zeros
 */
export function hiddenStates(
  stateSize: number,
  initial: Float64Array = new Float64Array(stateSize),
): KeyedState<Float64Array> {
  return new KeyedState<Float64Array>({
    name: "hidden",
    version: 1,
    create: () => initial.slice(),
    write: (state, to) => to.f64s(state),
    read: (from) => from.f64s(),
  });
}

/**
 * Steps a network that doesn't change (a user's file): (x, hidden state of the key) -> (output, hidden
 * state'). A model that answers later (ONNX Runtime) is waited for, event by event.
 */
export function fixedCellsStage(model: RecurrentModel): Stage {
  const initial = model.initialState ?? new Float64Array(model.stateSize);
  const hidden = hiddenStates(model.stateSize, initial);

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
