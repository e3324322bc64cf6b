import { type CellKind, KernelNetwork, Network, type Window } from "../../cells/index.js";
import { pow, Rng } from "../../core/index.js";

/** Rows that are read and written again. */
export const LENGTH = 16;
/** What has to pass through: hidden units. */
const HIDDEN = 16;
/** Windows that are learned from at once, and how often. */
const BATCH = 32;
const UPDATES = 400;
const LEARNING_RATE = 0.01;
const CLIP_NORM = 1;
const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

/**
 * A recurrent autoencoder (Malhotra et al. 2016): one cell reads the last 16 rows, then writes them again, the newest first,
 * from nothing but its state. Its inputs are the row, zeros while it writes, and a 1 while it does.
 *
 * The network, its room for passes and what an optimizer remembers are shared by all keys of as many signals; a key has
 * its weights.
 */
export class SequenceAutoencoder {
  readonly #d: number;
  readonly #network: KernelNetwork;
  readonly #reading: Window;
  readonly #learning: Window;
  /** Whose weights the network has. */
  #loaded: Float32Array | undefined;

  /** @param signals d */
  constructor(cell: CellKind, signals: number) {
    this.#d = signals;
    const shape = { cell, inputs: signals + 1, hidden: HIDDEN, layers: 1, outputs: signals };
    this.#network = new KernelNetwork(shape);
    this.#reading = this.#network.window(1, 2 * LENGTH);
    this.#learning = this.#network.window(BATCH, 2 * LENGTH);
  }

  get weightCount(): number {
    return this.#network.weightCount;
  }

  /**
   * Learns to write what it reads, from windows drawn at random: 400 updates by Adam of 32 windows each.
   *
   * @param rows [rows][d] scaled, at least 16
   * @returns the key's weights
   */
  learn(rows: readonly Float64Array[], seed: number): Float32Array {
    const network = this.#network;
    const rng = new Rng(seed);
    const first = new Network(network.shape);
    first.initialize(rng);
    network.write("weights", first.weights);
    const zeros = new Float32Array(network.weightCount);
    network.write("firstMoment", zeros);
    network.write("secondMoment", zeros);
    const window = this.#learning;
    for (let update = 1; update <= UPDATES; update++) {
      for (let b = 0; b < BATCH; b++) {
        this.#fill(window, b, rows, Math.floor(rng.uniform() * (rows.length - LENGTH + 1)));
      }
      window.forward();
      this.#compare(window);
      network.clearGradients();
      window.backward();
      const norm = Math.sqrt(network.gradientSquares());
      if (Number.isFinite(norm)) this.#update(update, Math.min(1, CLIP_NORM / (norm + 1e-6)));
    }
    const weights = new Float32Array(network.weightCount);
    network.read("weights", weights);
    this.#loaded = weights;
    return weights;
  }

  /**
   * Errors of the rows as they were written again: row less what was written.
   *
   * @param rows    [16][d] scaled, oldest first
   * @param weights the key's, from `learn`
   * @returns [16][d] newest first, flat; valid until the next call
   */
  errors(rows: readonly Float64Array[], weights: Float32Array): Float64Array {
    if (this.#loaded !== weights) this.#network.write("weights", weights);
    this.#loaded = weights;
    const window = this.#reading;
    this.#fill(window, 0, rows, 0);
    window.forward();
    const d = this.#d;
    const errors = Float64Array.from(window.output.subarray(LENGTH * d));
    for (let k = 0; k < LENGTH; k++) {
      for (let j = 0; j < d; j++) errors[k * d + j] = rows[LENGTH - 1 - k]![j]! - errors[k * d + j]!;
    }
    return errors;
  }

  #fill(window: Window, b: number, rows: readonly Float64Array[], from: number): void {
    const width = this.#d + 1;
    const { input } = window;
    let at = b * 2 * LENGTH * width;
    for (let t = 0; t < 2 * LENGTH; t++, at += width) {
      const row = t < LENGTH ? rows[from + t] : undefined;
      for (let j = 0; j < this.#d; j++) input[at + j] = row?.[j] ?? 0;
      input[at + this.#d] = row ? 0 : 1;
    }
  }

  /** dL/dlogits of the mean squared error over what is written. */
  #compare(window: Window): void {
    const d = this.#d;
    const { input, output, dOutput } = window;
    const scale = 2 / (BATCH * LENGTH * d);
    dOutput.fill(0);
    for (let b = 0; b < BATCH; b++) {
      for (let k = 0; k < LENGTH; k++) {
        const written = (b * 2 * LENGTH + LENGTH + k) * d;
        const read = (b * 2 * LENGTH + LENGTH - 1 - k) * (d + 1);
        for (let j = 0; j < d; j++) dOutput[written + j] = scale * (output[written + j]! - input[read + j]!);
      }
    }
  }

  #update(update: number, scale: number): void {
    this.#network.update(
      {
        rule: "adam",
        rate: LEARNING_RATE / (1 - pow(BETA1, update)),
        beta1: BETA1,
        beta2: BETA2,
        unbias: 1 / Math.sqrt(1 - pow(BETA2, update)),
        epsilon: EPSILON,
        decay: 0,
        kept: 1,
      },
      scale,
    );
  }
}

/** Those that keys share, by how many signals they have. */
export class SequenceAutoencoders {
  readonly #bySignals = new Map<number, SequenceAutoencoder>();

  of(signals: number): SequenceAutoencoder {
    const known = this.#bySignals.get(signals) ?? new SequenceAutoencoder("gru", signals);
    this.#bySignals.set(signals, known);
    return known;
  }
}
