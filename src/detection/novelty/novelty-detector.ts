import { type ByteReader, type ByteWriter, pow } from "../../core/index.js";
import { Kernel, type Pointer } from "../../kernel/index.js";
import type { Detector, Row } from "../detector.js";
import { duration } from "../words.js";
import type { Aggregator } from "./block.js";
import { reservoirWeights } from "./reservoir-weights.js";
import { CHANNELS, netInputs, SurpriseNet } from "./surprise-net.js";

/** Nets of the ensemble: the share of the warm-up that a block is, and how its values become one. */
export interface NetKind {
  readonly share: number;
  readonly aggregator: Aggregator;
}

export const SIX_NETS: readonly NetKind[] = [0.008, 0.01, 0.0125].flatMap((share) => [
  { share, aggregator: "mean" as const },
  { share, aggregator: "extreme" as const },
]);
export const ONE_NET: readonly NetKind[] = [{ share: 0.01, aggregator: "mean" }];

/** Evidence at which an alert is due: chosen on the Numenta Anomaly Benchmark, for all its files. */
const THRESHOLD = 0.545;
/** What `CHANNELS` say is kept is so for blocks of this share. */
const USUAL_SHARE = 0.01;
/** Share of the warm-up after which surprises are ranked. */
const RANKED_FROM = 0.25;
const ALL_WEIGHTS = CHANNELS.reduce((sum, { weight }) => sum + weight, 0);
/** States that a net remembers: what fits in 250 KB for one net, in 2 MB for six. */
const RING_OF_ONE = 1000;
const RING_OF_SEVERAL = 1500;
/** Larger values are taken as this: their squares still are numbers. */
const LARGEST_VALUE = 1e100;

export interface NoveltyOptions {
  /** Rows that a key needs before it is known what is usual, W: ideally two daily cycles. */
  readonly warmUp: number;
  /** Default six. */
  readonly nets?: readonly NetKind[];
  /** States that each net looks for neighbours in; default 1,000 for one net, 1,500 for several. */
  readonly ring?: number;
  /** Whether rows have times that mean something; default true. */
  readonly hasTime?: boolean;
  /** Of the reservoirs; default 1. */
  readonly seed?: number;
}

/** The frozen reservoirs, which all keys share, and the kernel in which their memories are. */
export class Reservoirs {
  readonly kernel: Kernel;
  readonly #weights = new Map<string, Pointer>();

  constructor(kernel = new Kernel()) {
    this.kernel = kernel;
  }

  /** Made at the first call, the same for equal arguments. */
  weights(inputs: number, seed: number): Pointer {
    const name = `${inputs} ${seed}`;
    const known = this.#weights.get(name) ?? reservoirWeights(this.kernel, inputs, seed);
    this.#weights.set(name, known);
    return known;
  }
}

/**
 * Finds what has not been seen before in one signal: an ensemble of small nets (see `SurpriseNet`), whose evidence is
 * averaged. Marks where something new begins, and gets used to it.
 *
 * S = sum over channels of weight c / sum of the weights, c averaged over the nets; the strength is S / 0.545.
 */
export class NoveltyDetector implements Detector {
  readonly name = "novelty";
  readonly #nets: readonly SurpriseNet[];
  /** Rows in a block of the first net. */
  readonly #blockSize: number;
  #count = 0;
  /** Evidence by channel, averaged over the nets. */
  readonly #evidence = new Float64Array(CHANNELS.length);
  /** Event times of the first and the newest row, ms. */
  #first = Number.NaN;
  #last = Number.NaN;

  constructor(options: NoveltyOptions, reservoirs: Reservoirs) {
    const { warmUp, nets = SIX_NETS, hasTime = true, seed = 1 } = options;
    const { ring = nets.length === 1 ? RING_OF_ONE : RING_OF_SEVERAL } = options;
    const blockSizeOf = (share: number) => Math.max(1, Math.floor(warmUp * share));
    this.#blockSize = blockSizeOf(nets[0]?.share ?? USUAL_SHARE);
    this.#nets = nets.map(({ share, aggregator }, index) => {
      const blockSize = blockSizeOf(share);
      return new SurpriseNet(reservoirs.kernel, {
        aggregator,
        blockSize,
        kept: CHANNELS.map(({ kept }) => pow(kept, share / USUAL_SHARE)),
        hasTime,
        ring,
        rankedFrom: Math.floor((RANKED_FROM * warmUp) / blockSize),
        weights: reservoirs.weights(netInputs(hasTime), seed * 64 + index),
      });
    });
  }

  /** Rows stepped so far. */
  get rows(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#nets.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get mostBytes(): number {
    return this.#nets.reduce((sum, { mostBytes }) => sum + mostBytes, 0);
  }

  step({ values, time, begins }: Row): number {
    const value = Math.max(-LARGEST_VALUE, Math.min(LARGEST_VALUE, values[0] ?? 0));
    this.#count++;
    if (Number.isNaN(this.#first)) this.#first = time;
    this.#last = time;
    let isNew = false;
    for (const net of this.#nets) if (net.step(value, time, begins)) isNew = true;
    if (isNew) this.#average();
    return this.#strength();
  }

  #average(): void {
    this.#evidence.fill(0);
    for (const { evidence } of this.#nets) {
      for (const [channel, { value }] of evidence.entries())
        this.#evidence[channel]! += value / this.#nets.length;
    }
  }

  /** S / theta */
  #strength(): number {
    let sum = 0;
    for (const [channel, { weight }] of CHANNELS.entries()) sum += weight * (this.#evidence[channel] ?? 0);
    return sum / ALL_WEIGHTS / THRESHOLD;
  }

  why(): string {
    const parts = CHANNELS.map(({ name, weight }, channel) => ({
      name,
      share: weight * (this.#evidence[channel] ?? 0),
    }));
    const strongest = parts.reduce((a, b) => (b.share > a.share ? b : a)).name;
    const rowMs = this.#count > 1 ? Math.max(0, this.#last - this.#first) / (this.#count - 1) : 0;
    const blockMs = rowMs * this.#blockSize;
    const [net] = this.#nets;
    const known = duration(blockMs * (net?.known ?? 0));
    const age = net?.age ?? 0;
    const words = {
      neighbour: `has not been seen in ${known}${age > 0 ? `; most alike ${duration(blockMs * age)} ago` : ""}`,
      leverage: `is a combination that has not been seen in ${known}`,
      error: `does not follow from what came before it, by ${known} of experience`,
    }[strongest];
    // Of a state half is gone after every block.
    return `the pattern of the last ${duration(4 * blockMs)} ${words} (${strongest})`;
  }

  release(): void {
    for (const net of this.#nets) net.release();
  }

  write(to: ByteWriter): void {
    to.f64(this.#count).f64(this.#first).f64(this.#last);
    for (const net of this.#nets) net.write(to);
  }

  read(from: ByteReader): void {
    this.#count = from.f64();
    this.#first = from.f64();
    this.#last = from.f64();
    for (const net of this.#nets) net.read(from);
    this.#average();
  }
}
