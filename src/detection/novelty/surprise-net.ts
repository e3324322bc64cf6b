import { type ByteReader, type ByteWriter, cos, sin } from "../../core/index.js";
import type { Kernel, Pointer } from "../../kernel/index.js";
import { type Aggregator, Block } from "./block.js";
import { Evidence } from "./evidence.js";
import { Readout } from "./readout.js";
import { Reservoir } from "./reservoir.js";
import { RobustQuantizer } from "./robust-quantizer.js";
import { StateMemory } from "./state-memory.js";

const DAY_MS = 86_400_000;
const TWO_PI = 6.283185307179586;

/** Three ways to be surprised, and how much each one's evidence weighs, and lasts (at d = 0.01). */
export const CHANNELS = [
  { name: "neighbour", weight: 4, kept: 0.75 },
  { name: "leverage", weight: 3.33, kept: 0.7 },
  { name: "error", weight: 1.25, kept: 0.6 },
] as const;

export interface SurpriseNetOptions {
  readonly aggregator: Aggregator;
  /** Values a block holds, k. */
  readonly blockSize: number;
  /** For each channel, how much of its evidence is left after a block. */
  readonly kept: readonly number[];
  /** Whether to tell the time of day. */
  readonly hasTime: boolean;
  /** States that neighbours are looked for in. */
  readonly ring: number;
  /** Blocks before surprises are ranked: what was never seen is always new at first. */
  readonly rankedFrom: number;
  /** `reservoirWeights` of as many inputs */
  readonly weights: Pointer;
}

/** What lies in the kernel. */
interface Parts {
  readonly reservoir: Reservoir;
  readonly readout: Readout;
  readonly memory: StateMemory;
}

function allOf(parts: Parts | undefined): readonly (Reservoir | Readout | StateMemory)[] {
  return parts ? [parts.reservoir, parts.readout, parts.memory] : [];
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
  readonly #options: SurpriseNetOptions;
  readonly #block: Block;
  readonly #quantizer = new RobustQuantizer();
  readonly #kernel: Kernel;
  /** Made when the first block has ended. */
  #parts: Parts | undefined;
  readonly #evidence: readonly Evidence[];
  #blocks = 0;
  #x = 0;
  /** What all values so far were; NaN once they differed. */
  #level = Number.NaN;
  /** The newest block was before a gap, or there is none: it foretells nothing. */
  #isCut = true;

  constructor(kernel: Kernel, options: SurpriseNetOptions) {
    this.#options = options;
    this.#kernel = kernel;
    this.#block = new Block(options.blockSize, options.aggregator);
    this.#evidence = options.kept.map((kept) => new Evidence(kept));
  }

  #make(): Parts {
    const { hasTime, weights, ring } = this.#options;
    const inputs = netInputs(hasTime);
    const reservoir = new Reservoir(this.#kernel, weights, inputs);
    return {
      reservoir,
      readout: new Readout(this.#kernel, reservoir.length),
      memory: new StateMemory(this.#kernel, ring, inputs),
    };
  }

  /** Bytes of memory. */
  get bytes(): number {
    const parts = [this.#quantizer, ...allOf(this.#parts), ...this.#evidence];
    return parts.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Bytes of memory once it remembers all that it can. */
  get mostBytes(): number {
    const { memory } = this.#parts ?? {};
    return this.bytes + (memory ? memory.mostBytes - memory.bytes : 0);
  }

  /** In the order of `CHANNELS`; held from one block's end to the next. */
  get evidence(): readonly Evidence[] {
    return this.#evidence;
  }

  /** Blocks that are remembered state by state. */
  get known(): number {
    return this.#parts?.memory.known ?? 0;
  }

  /** Blocks ago that the newest state's nearest neighbour was seen; 0 without one. */
  get age(): number {
    return this.#parts?.memory.age ?? 0;
  }

  /**
   * @param begins what came before is not this value's immediate past
   * @returns true when a block has ended, and the evidence is new
   */
  step(value: number, timeMs: number, begins: boolean): boolean {
    if (begins) {
      this.#block.drop();
      this.#isCut = true;
    }
    const block = this.#block.add(value);
    if (block === undefined) return false;
    this.#parts ??= this.#make();
    const { reservoir, readout, memory } = this.#parts;
    if (this.#blocks === 0) this.#level = block.largest;
    if (block.largest !== this.#level || block.smallest !== this.#level) this.#level = Number.NaN;
    const x = this.#quantizer.quantize(block.value);
    const above = 0.5 * (this.#quantizer.quantize(block.largest) - x);
    const below = 0.5 * (this.#quantizer.quantize(block.smallest) - x);
    this.#quantizer.learn(block.value);

    const error = this.#isCut ? undefined : Math.abs(readout.learn(x));
    const change = this.#isCut ? 0 : x - this.#x;
    const angle = (TWO_PI * (timeMs - DAY_MS * Math.floor(timeMs / DAY_MS))) / DAY_MS;
    const clock = this.#options.hasTime ? [sin(angle), cos(angle)] : [];
    reservoir.step([x, change, ...clock, above, below]);
    this.#x = x;
    this.#isCut = false;
    const leverage = readout.leverage(reservoir.phi);
    const distance = memory.distance(reservoir.phi, reservoir.u);
    this.#blocks++;
    if (this.#blocks > this.#options.rankedFrom) {
      const surprises = [distance, leverage, error];
      // While the signal stands still only the clock moves, which is no news.
      const counts = Number.isNaN(this.#level);
      for (const [channel, z] of surprises.entries()) {
        if (z !== undefined) this.#evidence[channel]?.add(z, counts);
      }
    }
    return true;
  }

  release(): void {
    for (const part of allOf(this.#parts)) part.release();
    this.#parts = undefined;
  }

  write(to: ByteWriter): void {
    to.u32(this.#blocks)
      .f64(this.#x)
      .f64(this.#level)
      .u8(this.#isCut ? 1 : 0);
    to.u8(this.#parts ? 1 : 0);
    const parts = [this.#block, this.#quantizer, ...allOf(this.#parts)];
    for (const part of [...parts, ...this.#evidence]) part.write(to);
  }

  read(from: ByteReader): void {
    this.#blocks = from.u32();
    this.#x = from.f64();
    this.#level = from.f64();
    this.#isCut = from.u8() === 1;
    this.release();
    if (from.u8() === 1) this.#parts = this.#make();
    const parts = [this.#block, this.#quantizer, ...allOf(this.#parts)];
    for (const part of [...parts, ...this.#evidence]) part.read(from);
  }
}
