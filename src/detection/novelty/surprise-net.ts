import { type ByteReader, type ByteWriter, cos, sin } from "../../core/index.js";
import type { Kernel, Pointer } from "../../kernel/index.js";
import { type Aggregator, Block } from "./block.js";
import { RankHistory } from "./rank-history.js";
import { HIDDEN } from "./reservoir-weights.js";
import { RobustQuantizer } from "./robust-quantizer.js";

const DAY_MS = 86_400_000;
const TWO_PI = 6.283185307179586;
const FORGETTING = 0.9995;
const NEIGHBOURS = 10;

/** Three ways to be surprised, and how much each one's evidence weighs, and lasts (at d = 0.01). */
export const CHANNELS = [
  { name: "neighbour", weight: 4, memory: 0.75 },
  { name: "leverage", weight: 3.33, memory: 0.7 },
  { name: "error", weight: 1.25, memory: 0.6 },
] as const;
export const ALL_WEIGHTS = 8.58;

export interface SurpriseNetOptions {
  readonly aggregator: Aggregator;
  /** Values a block holds, k. */
  readonly blockSize: number;
  /** For each channel, how much of its evidence is left after a block. */
  readonly memories: readonly number[];
  /** Whether to tell the time of day. */
  readonly hasTime: boolean;
  /** States that neighbours are looked for in. */
  readonly ring: number;
  /** Blocks before surprises are ranked: what was never seen is always new at first. */
  readonly rankedFrom: number;
  /** `reservoirWeights` of as many inputs */
  readonly weights: Pointer;
}

/** Inputs of the reservoir: value, change, time of day twice, the block's ends. */
export function netInputs(hasTime: boolean): number {
  return hasTime ? 6 : 4;
}

/**
 * One small net of the ensemble: blocks, a reservoir, and three surprises of its state, each as evidence.
 *
 * - *error*: |x - w . phi_before|, of a readout that learns by recursive least squares
 * - *leverage*: phi' P phi, how far the state lies from all that the readout has learned from
 * - *neighbour*: mean distance to the ten nearest states so far
 */
export class SurpriseNet {
  readonly #kernel: Kernel;
  readonly #options: SurpriseNetOptions;
  readonly #block: Block;
  readonly #quantizer = new RobustQuantizer();
  readonly #ranks = CHANNELS.map(() => new RankHistory());
  readonly #evidence = new Float64Array(CHANNELS.length);
  /** Inputs, and elements of phi, padded to a multiple of 4. */
  readonly #I: number;
  readonly #N: number;
  /** Everything in the kernel is one piece, so that it is given back at once. */
  readonly #memory: Pointer;
  readonly #phi: Pointer;
  readonly #u: Pointer;
  readonly #scratch: Pointer;
  readonly #wide: Pointer;
  readonly #w: Pointer;
  readonly #pphi: Pointer;
  readonly #P: Pointer;
  readonly #ring: Pointer;
  /** Elements that are remembered, from `#phi` on: phi; then from `#w` on. */
  readonly #length: number;
  #blocks = 0;
  #x = 0;
  /** phi' P phi of the newest phi. */
  #own = 0;

  constructor(kernel: Kernel, options: SurpriseNetOptions) {
    this.#kernel = kernel;
    this.#options = options;
    this.#block = new Block(options.blockSize, options.aggregator);
    this.#I = netInputs(options.hasTime);
    const N = Math.ceil((HIDDEN + this.#I + 1) / 4) * 4;
    this.#N = N;
    // In float32 elements; each part begins at a multiple of 16 bytes.
    const sizes = {
      phi: N,
      u: 8,
      scratch: HIDDEN + 16,
      wide: 2 * N,
      w: 2 * N,
      pphi: 2 * N,
      P: 2 * N * N,
      ring: N * options.ring,
    };
    this.#length = Object.values(sizes).reduce((sum, size) => sum + size, 0);
    this.#memory = kernel.allocate(this.#length);
    let at = this.#memory;
    const place = (size: number): Pointer => {
      const here = at;
      at += 4 * size;
      return here;
    };
    this.#phi = place(sizes.phi);
    this.#u = place(sizes.u);
    this.#scratch = place(sizes.scratch);
    this.#wide = place(sizes.wide);
    this.#w = place(sizes.w);
    this.#pphi = place(sizes.pphi);
    this.#P = place(sizes.P);
    this.#ring = place(sizes.ring);
    for (let i = 0; i < N; i++) kernel.doubles[(this.#P >>> 3) + i * N + i] = 1;
  }

  /** Bytes of memory. */
  get bytes(): number {
    const ranks = this.#ranks.reduce((sum, { bytes }) => sum + bytes, 0);
    return 4 * this.#length + this.#quantizer.bytes + ranks;
  }

  /** Evidence by channel, in the order of `CHANNELS`; held from one block's end to the next. */
  get evidence(): Float64Array {
    return this.#evidence;
  }

  release(): void {
    this.#kernel.release(this.#memory);
  }

  /** @returns true when a block has ended, and the evidence is new */
  step(value: number, timeMs: number): boolean {
    const block = this.#block.add(value);
    if (block === undefined) return false;
    const { exports } = this.#kernel;
    const N = this.#N;
    const x = this.#quantizer.quantize(block.value);
    const above = 0.5 * (this.#quantizer.quantize(block.largest) - x);
    const below = 0.5 * (this.#quantizer.quantize(block.smallest) - x);
    this.#quantizer.learn(block.value);

    const missed = x - exports.dot(this.#w, this.#wide, N);
    if (this.#blocks > 0) exports.learn(this.#w, this.#pphi, this.#P, N, missed, this.#own, FORGETTING);
    const u = this.#kernel.view(this.#u, 8);
    const angle = (TWO_PI * (timeMs - DAY_MS * Math.floor(timeMs / DAY_MS))) / DAY_MS;
    const clock = this.#options.hasTime ? [sin(angle), cos(angle)] : [];
    u.set([x, this.#blocks > 0 ? x - this.#x : 0, ...clock, above, below]);
    this.#x = x;
    exports.reservoirStep(this.#phi, this.#u, this.#I, this.#scratch, this.#options.weights, HIDDEN);
    this.#own = exports.leverage(this.#wide, this.#pphi, this.#phi, this.#P, N);

    const { ring } = this.#options;
    const known = Math.min(this.#blocks, ring);
    const best = this.#scratch + 4 * HIDDEN;
    const distance = exports.nearest(this.#ring, known, this.#phi, N, best, NEIGHBOURS);
    const place = this.#ring + 4 * N * (this.#blocks % ring);
    this.#kernel.view(place, N).set(this.#kernel.view(this.#phi, N));
    this.#blocks++;
    this.#gather([distance, this.#own, Math.abs(missed)]);
    return true;
  }

  /** @param surprises by channel */
  #gather(surprises: readonly number[]): void {
    if (this.#blocks <= this.#options.rankedFrom) return;
    for (const [channel, z] of surprises.entries()) {
      const kept = this.#options.memories[channel] ?? 0;
      const s = this.#ranks[channel]?.surprise(z) ?? 0;
      this.#evidence[channel] = kept * (this.#evidence[channel] ?? 0) + (1 - kept) * s;
    }
  }

  write(to: ByteWriter): void {
    this.#block.write(to);
    this.#quantizer.write(to);
    for (const rank of this.#ranks) rank.write(to);
    to.f64s(this.#evidence).u32(this.#blocks).f64(this.#x).f64(this.#own);
    to.f32s(this.#kernel.view(this.#memory, this.#used));
  }

  /** Elements of the memory that anything stands in. */
  get #used(): number {
    const rows = Math.min(this.#blocks, this.#options.ring);
    return (this.#ring - this.#memory) / 4 + rows * this.#N;
  }

  read(from: ByteReader): void {
    this.#block.read(from);
    this.#quantizer.read(from);
    for (const rank of this.#ranks) rank.read(from);
    this.#evidence.set(from.f64s());
    this.#blocks = from.u32();
    this.#x = from.f64();
    this.#own = from.f64();
    this.#kernel.view(this.#memory, this.#used).set(from.f32s());
  }
}
