import { KernelModel, type RecurrentModel } from "../cells/index.js";
import {
  type Batch,
  type Classification,
  type EventSteps,
  forgetAsked,
  type Inference,
  KeyedState,
  problem,
  type Stage,
  type StateSlot,
  type StepInference,
  type StreamEvent,
  stepEvents,
} from "../core/index.js";
import { refuseModelRequests } from "./fixed-cells-stage.js";
import { type InferredTarget, outputsOf, probabilitiesOf, readOutput } from "./read-output.js";
import { type SpotterOptions, WordSpotter } from "./word-spotter.js";

export interface InferOptions {
  readonly model: RecurrentModel;
  readonly target: InferredTarget;
  /** When the target is told: of every event, or at a sequence's last. */
  readonly at: "end" | "step";
  /** What is judged at the end: the last step's output, or the mean of all steps'. */
  readonly pool: "last" | "mean";
  /** Of steps: how many events later than its own a target is told; default 0. So many of a sequence's first events tell none. */
  readonly lag?: number;
  /** Words are spotted in the classes of steps, and a prediction comes with each; absent: one comes with every event. */
  readonly spot?: Omit<SpotterOptions, "classes">;
}

/** Of a sequence that is read as a whole, the newest steps that are kept. */
const MOST_STEPS = 4096;

/** What one key remembers of the sequence that is under way. */
interface OpenSequence {
  /** [O] sum of the outputs */
  readonly sum: Float64Array;
  /** [O] the newest one */
  readonly last: Float64Array;
  steps: number;
  /** [n, I] of a network that reads whole sequences */
  inputs: number[];
  /** [n, 2] of one that tells all their steps: the event's seq and time */
  origins: number[];
  /** Of words in a stream, and the one that was spotted in this event */
  readonly spotter: WordSpotter | undefined;
  spotted: Classification | undefined;
}

/**
 * Steps a network of a supervised target: (x, hidden state of the key) -> what the target is of the step, or, with
 * `at: end`, of the sequence when it ends. An event of k time steps steps k times; one of none adds nothing. A network
 * that reads from the end is run over the whole sequence then; with `at: step` the last event's prediction has a list of
 * what all its steps are.
 *
 * Slots: `hidden`, [S] of each key; `classify`, what was made of its sequence so far.
 *
 * @throws RangeError code `MODEL_SHAPE` when there are not as many outputs as the target takes; TypeError code
 *   `WHOLE_SEQUENCES_ONLY` for words that are spotted by a network that reads from the end
 */
export class InferStage implements Stage {
  readonly slots: readonly StateSlot[];
  readonly #options: InferOptions;
  readonly #whole: KernelModel | undefined;
  readonly #initial: Float64Array;
  readonly #hidden: KeyedState<Float64Array>;
  readonly #open: KeyedState<OpenSequence>;

  constructor(options: InferOptions) {
    const { model, at } = options;
    requireFit(options);
    this.#options = options;
    this.#whole = isWhole(model) ? model : undefined;
    this.#initial = model.initialState ?? new Float64Array(model.stateSize);
    this.#hidden = new KeyedState<Float64Array>({
      name: "hidden",
      version: 1,
      create: () => this.#initial.slice(),
      write: (state, to) => to.f64s(state),
      read: (from) => from.f64s(),
    });
    const O = model.outputs;
    const tellsSteps = at === "step" && isWhole(model);
    this.#open = new KeyedState<OpenSequence>({
      // Stores know it by this name since classes were all that there was.
      name: "classify",
      version: 1,
      create: () => ({
        sum: new Float64Array(O),
        last: new Float64Array(O),
        steps: 0,
        inputs: [],
        origins: [],
        spotter: makeSpotter(options),
        spotted: undefined,
      }),
      write: ({ sum, last, steps, inputs, origins, spotter }, to) => {
        to.f64s(sum).f64s(last).f64(steps).f64s(inputs);
        if (tellsSteps) to.f64s(origins);
        spotter?.write(to);
      },
      read: (from) => ({
        sum: from.f64s(),
        last: from.f64s(),
        steps: from.f64(),
        inputs: [...from.f64s()],
        origins: tellsSteps ? [...from.f64s()] : [],
        spotter: makeSpotter(options)?.read(from),
        spotted: undefined,
      }),
    });
    this.slots = [this.#hidden, this.#open];
  }

  process(batch: Batch): void | Promise<void> {
    refuseModelRequests(batch);
    forgetAsked(batch, this.#hidden);
    forgetAsked(batch, this.#open);
    return stepEvents(batch, this.#eventSteps);
  }

  readonly #eventSteps: EventSteps = {
    stage: "cells",
    step: (event) => this.#step(event),
    forget: (key) => {
      this.#hidden.reset(key);
      this.#open.reset(key);
    },
    begin: (key) => this.#begin(key),
  };

  #begin(key: string): void {
    this.#hidden.of(key).set(this.#initial);
    this.#open.reset(key);
  }

  #step(event: StreamEvent): void | Promise<void> {
    if (event.input === undefined) return;
    const { key } = event.sample;
    if (event.begins) this.#begin(key);
    const waiting = this.#steps(event, event.input, this.#open.of(key), 0);
    if (waiting) return waiting.then(() => this.#tell(event));
    this.#tell(event);
  }

  /** The event's time steps from number `first` on. */
  #steps(event: StreamEvent, input: Float64Array, open: OpenSequence, first: number): void | Promise<void> {
    const { model } = this.#options;
    const I = model.inputs;
    const k = input.length / I;
    if (this.#whole) {
      this.#keep(event, input, open);
      return;
    }
    const state = this.#hidden.of(event.sample.key);
    for (let step = first; step < k; step++) {
      const output = new Float64Array(open.last.length);
      const waiting = model.step(output, state, input.subarray(step * I, (step + 1) * I));
      if (waiting) {
        return waiting.then(() => {
          this.#add(open, output);
          return this.#steps(event, input, open, step + 1);
        });
      }
      this.#add(open, output);
    }
  }

  /** Until the sequence's end has come. */
  #keep({ seq, sample }: StreamEvent, input: Float64Array, open: OpenSequence): void {
    const I = this.#options.model.inputs;
    const k = input.length / I;
    for (const value of input) open.inputs.push(value);
    open.inputs.splice(0, Math.max(0, open.inputs.length - MOST_STEPS * I));
    open.steps += k;
    if (this.#options.at === "end") return;
    for (let step = 0; step < k; step++) open.origins.push(seq, sample.time);
    open.origins.splice(0, Math.max(0, open.origins.length - 2 * MOST_STEPS));
  }

  /** A step that was refused, since a number was not finite, is left out. */
  #add(open: OpenSequence, output: Float64Array): boolean {
    if (!output.every(Number.isFinite)) return false;
    for (const [k, value] of output.entries()) open.sum[k]! += value;
    open.last.set(output);
    open.steps++;
    const { target } = this.#options;
    if (open.spotter && target.kind === "class") {
      open.spotted = open.spotter.step(probabilitiesOf(target, output)) ?? open.spotted;
    }
    return true;
  }

  /** Fills in the event's prediction, where one is due. */
  #tell(event: StreamEvent): void {
    const { model, target, at, pool, lag = 0 } = this.#options;
    const { key } = event.sample;
    const open = this.#open.of(key);
    event.model = model.name;
    const atEnd = at === "end" || this.#whole !== undefined;
    const isDue = atEnd ? event.ends : (event.input?.length ?? 0) > 0;
    if (!isDue || open.steps <= lag) return;
    const steps = this.#whole ? this.#readWhole(this.#whole, open) : [];
    const judged = at === "end" && pool === "mean" ? open.sum.map((sum) => sum / open.steps) : open.last;
    const inference: Inference | undefined = open.spotter
      ? open.spotted
      : readOutput(target, judged, event.sample);
    open.spotted = undefined;
    if (atEnd) this.#open.reset(key);
    if (inference === undefined) return;
    event.output = judged.slice();
    event.prediction = {
      targets: [],
      next: [],
      score: null,
      alert: false,
      model: model.name,
      inference,
      ...(at === "step" && this.#whole ? { steps } : {}),
    };
  }

  /** Runs the network over the sequence; what its steps are, where that is asked for. */
  #readWhole(whole: KernelModel, open: OpenSequence): StepInference[] {
    const { target, at } = this.#options;
    const outputs = whole.run(Float64Array.from(open.inputs));
    const O = whole.outputs;
    const steps: StepInference[] = [];
    open.steps = 0;
    for (let row = 0; row * O < outputs.length; row++) {
      const output = Float64Array.from(outputs.subarray(row * O, (row + 1) * O));
      if (!this.#add(open, output) || at === "end") continue;
      const [seq, time] = [open.origins[2 * row]!, open.origins[2 * row + 1]!];
      steps.push({ seq, time, inference: readOutput(target, output) });
    }
    return steps;
  }
}

function makeSpotter({ spot, target }: InferOptions): WordSpotter | undefined {
  return spot && target.kind === "class" ? new WordSpotter({ ...spot, classes: target.classes }) : undefined;
}

function isWhole(model: RecurrentModel): model is KernelModel {
  return model instanceof KernelModel && model.readsFromEnd;
}

function requireFit({ model, target, spot }: InferOptions): void {
  const { count, words } = outputsOf(target);
  if (model.outputs !== count) {
    throw problem(RangeError, {
      code: "MODEL_SHAPE",
      action: `infer ${{ class: "a class", value: "a value", symbols: "symbols" }[target.kind]} with model`,
      on: model.name,
      expected: `${count} outputs, ${words}`,
      found: String(model.outputs),
    });
  }
  if (spot !== undefined && isWhole(model)) {
    throw problem(TypeError, {
      code: "WHOLE_SEQUENCES_ONLY",
      action: "spot words with model",
      on: model.name,
      expected: "one that reads forward",
      found: "one that reads sequences from their end",
    });
  }
}
