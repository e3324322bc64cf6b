import { type KernelModel, type SearchMethod, type Written, writeSymbols } from "../cells/index.js";
import {
  type Batch,
  type EventSteps,
  exp,
  forgetAsked,
  joinSymbols,
  KeyedState,
  problem,
  Rng,
  type Stage,
  type StateSlot,
  type StreamEvent,
  stepEvents,
  type TextSplit,
} from "../core/index.js";
import { refuseModelRequests } from "./fixed-cells-stage.js";

/** How a text is chosen: see `SearchMethod`. What is drawn is drawn from a seed, for each text anew. */
export type TextSearch =
  | Exclude<SearchMethod, { kind: "sample" }>
  | { readonly kind: "sample"; readonly temperature: number; readonly seed: number };

export interface WriteTextOptions {
  /** I -> S, forward: what it has made of a sequence is what the decoder starts from. */
  readonly encoder: KernelModel;
  /** V + 1 + S -> V + 1 */
  readonly decoder: KernelModel;
  /** [V] what the decoder's outputs stand for, the stop symbol behind them left out. */
  readonly symbols: readonly string[];
  readonly split: TextSplit;
  readonly search: TextSearch;
  /** Symbols of the longest text. */
  readonly most: number;
}

/**
 * Reads sequences and writes a text of each when it ends: (x, hidden state of the key) -> summary; at the end the summary
 * becomes a text, whose probability is the network's own. An event of k time steps steps k times; one of none adds nothing.
 *
 * Slots: `hidden`, [S] of each key; `summary`, what its encoder said last. A text is written within one event: between
 * events there is nothing of it to remember.
 *
 * @throws RangeError code `MODEL_SHAPE` when the networks do not fit together or to the symbols
 */
export class WriteTextStage implements Stage {
  readonly slots: readonly StateSlot[];
  readonly #options: WriteTextOptions;
  readonly #initial: Float64Array;
  readonly #hidden: KeyedState<Float64Array>;
  /** [S]; of no elements before the first step of a sequence */
  readonly #summaries: KeyedState<{ summary: Float64Array }>;

  constructor(options: WriteTextOptions) {
    requireFit(options);
    this.#options = options;
    this.#initial = options.encoder.initialState;
    this.#hidden = new KeyedState<Float64Array>({
      name: "hidden",
      version: 1,
      create: () => this.#initial.slice(),
      write: (state, to) => to.f64s(state),
      read: (from) => from.f64s(),
    });
    this.#summaries = new KeyedState<{ summary: Float64Array }>({
      name: "summary",
      version: 1,
      create: () => ({ summary: new Float64Array(0) }),
      write: ({ summary }, to) => to.f64s(summary),
      read: (from) => ({ summary: from.f64s() }),
    });
    this.slots = [this.#hidden, this.#summaries];
  }

  process(batch: Batch): void {
    refuseModelRequests(batch);
    forgetAsked(batch, this.#hidden);
    forgetAsked(batch, this.#summaries);
    void stepEvents(batch, this.#steps);
  }

  readonly #steps: EventSteps = {
    stage: "cells",
    step: (event) => {
      if (event.input !== undefined) this.#step(event, event.input);
    },
    forget: (key) => {
      this.#hidden.reset(key);
      this.#summaries.reset(key);
    },
    begin: (key) => this.#begin(key),
  };

  #begin(key: string): void {
    this.#hidden.of(key).set(this.#initial);
    this.#summaries.of(key).summary = new Float64Array(0);
  }

  #step(event: StreamEvent, input: Float64Array): void {
    const { encoder } = this.#options;
    const { key } = event.sample;
    const state = this.#hidden.of(key);
    const open = this.#summaries.of(key);
    if (event.begins) this.#begin(key);
    const I = encoder.inputs;
    const output = new Float64Array(encoder.outputs);
    for (let from = 0; from < input.length; from += I) {
      encoder.step(output, state, input.subarray(from, from + I));
      // A step that was refused, since a number was not finite, is left out.
      if (output.every(Number.isFinite)) open.summary = output.slice();
    }
    event.model = encoder.name;
    if (!event.ends || open.summary.length === 0) return;
    this.#write(event, open.summary);
    this.#summaries.reset(key);
  }

  #write(event: StreamEvent, summary: Float64Array): void {
    const { decoder, encoder, search, most, symbols, split } = this.#options;
    const method: SearchMethod =
      search.kind === "sample"
        ? { kind: "sample", temperature: search.temperature, rng: new Rng(search.seed) }
        : search;
    const written: Written = writeSymbols(decoder, summary, method, most);
    event.prediction = {
      targets: [],
      next: [],
      score: null,
      alert: false,
      model: encoder.name,
      inference: {
        text: joinSymbols(
          written.symbols.map((symbol) => symbols[symbol]!),
          split,
        ),
        probability: exp(written.logProbability),
      },
    };
  }
}

function requireFit({ encoder, decoder, symbols }: WriteTextOptions): void {
  const S = decoder.stateSize;
  const V = symbols.length;
  const found = [encoder.outputs, decoder.inputs, decoder.outputs];
  if (String(found) === String([S, V + 1 + S, V + 1])) return;
  throw problem(RangeError, {
    code: "MODEL_SHAPE",
    action: "write texts with model",
    on: encoder.name,
    expected: `an encoder of ${S} outputs, a decoder of ${V + 1 + S} inputs and ${V + 1} outputs, for ${V} symbols`,
    found: `${found[0]}, ${found[1]} and ${found[2]}`,
  });
}
