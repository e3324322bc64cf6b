import { KernelModel, type RecurrentModel } from "../cells/index.js";
import {
  type Batch,
  type Classification,
  forgetAsked,
  KeyedState,
  problem,
  type Stage,
  type StateSlot,
  type StreamEvent,
} from "../core/index.js";
import { softmax } from "../training/index.js";
import { refuseModelRequests } from "./fixed-cells-stage.js";
import { type SpotterOptions, WordSpotter } from "./word-spotter.js";

export interface ClassifyOptions {
  readonly model: RecurrentModel;
  /** In the order of the network's outputs, [O]. */
  readonly classes: readonly string[];
  /** When a class is named: at every event, or at a sequence's last. */
  readonly at: "end" | "step";
  /** What is judged at the end: the last step's output, or the mean of all steps'. */
  readonly pool: "last" | "mean";
  readonly output: "logits" | "probabilities";
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
  /** Of words in a stream, and the one that was spotted in this event */
  readonly spotter: WordSpotter | undefined;
  spotted: Classification | undefined;
}

/**
 * Steps a network that names classes: (x, hidden state of the key) -> class of the step, or, with `at: end`, of the
 * sequence when it ends. An event of k time steps steps k times; one of none adds nothing. A network that reads from
 * the end is run over the whole sequence then.
 *
 * Slots: `hidden`, [S] of each key; `classify`, what was made of its sequence so far.
 *
 * @throws RangeError code `MODEL_SHAPE` when there is not one output for each class; TypeError code
 *   `WHOLE_SEQUENCES_ONLY` for `at: step` with a network that reads from the end
 */
export class ClassifyStage implements Stage {
  readonly slots: readonly StateSlot[];
  readonly #options: ClassifyOptions;
  readonly #whole: KernelModel | undefined;
  readonly #initial: Float64Array;
  readonly #hidden: KeyedState<Float64Array>;
  readonly #open: KeyedState<OpenSequence>;

  constructor(options: ClassifyOptions) {
    const { model, classes } = options;
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
    const O = classes.length;
    this.#open = new KeyedState<OpenSequence>({
      name: "classify",
      version: 1,
      create: () => ({
        sum: new Float64Array(O),
        last: new Float64Array(O),
        steps: 0,
        inputs: [],
        spotter: makeSpotter(options),
        spotted: undefined,
      }),
      write: ({ sum, last, steps, inputs, spotter }, to) => {
        to.f64s(sum).f64s(last).f64(steps).f64s(inputs);
        spotter?.write(to);
      },
      read: (from) => ({
        sum: from.f64s(),
        last: from.f64s(),
        steps: from.f64(),
        inputs: [...from.f64s()],
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
    return this.#from(batch.events, 0);
  }

  #from(events: readonly StreamEvent[], first: number): void | Promise<void> {
    for (let i = first; i < events.length; i++) {
      const event = events[i]!;
      if (event.note !== "" || event.input === undefined) continue;
      const { key } = event.sample;
      if (event.begins) {
        this.#hidden.of(key).set(this.#initial);
        this.#open.reset(key);
      }
      const waiting = this.#steps(event, event.input, this.#open.of(key), 0);
      if (waiting) {
        return waiting.then(() => {
          this.#name(event);
          return this.#from(events, i + 1);
        });
      }
      this.#name(event);
    }
  }

  /** The event's time steps from number `first` on. */
  #steps(event: StreamEvent, input: Float64Array, open: OpenSequence, first: number): void | Promise<void> {
    const { model } = this.#options;
    const I = model.inputs;
    const k = input.length / I;
    if (this.#whole) {
      for (const value of input) open.inputs.push(value);
      open.inputs.splice(0, Math.max(0, open.inputs.length - MOST_STEPS * I));
      open.steps += k;
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

  /** A step that was refused, since a number was not finite, is left out. */
  #add(open: OpenSequence, output: Float64Array): void {
    if (!output.every(Number.isFinite)) return;
    for (const [k, value] of output.entries()) open.sum[k]! += value;
    open.last.set(output);
    open.steps++;
    if (open.spotter) open.spotted = open.spotter.step(this.#probabilities(output)) ?? open.spotted;
  }

  #probabilities(output: Float64Array): Float64Array {
    return this.#options.output === "logits" ? softmax(output) : output;
  }

  /** Fills in the event's prediction, where one is due. */
  #name(event: StreamEvent): void {
    const { model, classes, at, pool } = this.#options;
    const open = this.#open.of(event.sample.key);
    event.model = model.name;
    const isDue = at === "end" ? event.ends : (event.input?.length ?? 0) > 0;
    if (!isDue || open.steps === 0) return;
    if (this.#whole) {
      const outputs = this.#whole.run(Float64Array.from(open.inputs));
      const O = classes.length;
      open.steps = 0;
      for (let from = 0; from < outputs.length; from += O) {
        this.#add(open, Float64Array.from(outputs.subarray(from, from + O)));
      }
    }
    const judged = at === "end" && pool === "mean" ? open.sum.map((sum) => sum / open.steps) : open.last;
    const classification = open.spotter ? open.spotted : likeliest(this.#probabilities(judged), classes);
    open.spotted = undefined;
    if (at === "end") this.#open.reset(event.sample.key);
    if (classification === undefined) return;
    event.output = judged.slice();
    event.prediction = {
      targets: [],
      next: [],
      score: null,
      alert: false,
      model: model.name,
      classification,
    };
  }
}

function makeSpotter({ spot, classes }: ClassifyOptions): WordSpotter | undefined {
  return spot && new WordSpotter({ ...spot, classes });
}

/** The first of equals. */
function likeliest(probabilities: Float64Array, classes: readonly string[]): Classification | undefined {
  let best = 0;
  for (const [k, probability] of probabilities.entries()) if (probability > probabilities[best]!) best = k;
  const [label, probability] = [classes[best], probabilities[best]];
  return label === undefined || probability === undefined ? undefined : { label, probability };
}

function isWhole(model: RecurrentModel): model is KernelModel {
  return model instanceof KernelModel && model.readsFromEnd;
}

function requireFit({ model, classes, at }: ClassifyOptions): void {
  if (model.outputs !== classes.length) {
    throw problem(RangeError, {
      code: "MODEL_SHAPE",
      action: "name classes with model",
      on: model.name,
      expected: `${classes.length} outputs, one for each class (${classes.join(", ")})`,
      found: String(model.outputs),
    });
  }
  if (at === "step" && isWhole(model)) {
    throw problem(TypeError, {
      code: "WHOLE_SEQUENCES_ONLY",
      action: "name a class at every step with model",
      on: model.name,
      expected: "one that reads forward",
      found: "one that reads sequences from their end",
    });
  }
}
