import { type ByteReader, type ByteWriter, pow } from "../../core/index.js";
import { Kernel, type Pointer } from "../../kernel/index.js";
import type { Detector, Row } from "../detector.js";
import type { Aggregator } from "./block.js";
import { reservoirWeights } from "./reservoir-weights.js";
import { ALL_WEIGHTS, CHANNELS, netInputs, SurpriseNet } from "./surprise-net.js";

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
const THRESHOLD = 0.571;
/** The memories of `CHANNELS` are those of blocks of this share. */
const MEMORY_SHARE = 0.01;
/** Share of the warm-up after which surprises are ranked. */
const RANKED_FROM = 0.25;

export interface NoveltyOptions {
  /** Rows that a key needs before it is known what is usual, W: ideally two daily cycles. */
  readonly warmUp: number;
  /** Default six. */
  readonly nets?: readonly NetKind[];
  /** States that each net looks for neighbours in; default 1,000. */
  readonly ring?: number;
  /** Whether rows have times that mean something; default true. */
  readonly hasTime?: boolean;
  /** Of the reservoirs; default 1. */
  readonly seed?: number;
}

/** The frozen reservoirs, which all keys share. */
export class Reservoirs {
  readonly kernel = new Kernel();
  readonly #weights = new Map<string, Pointer>();

  weights(inputs: number, seed: number): Pointer {
    const name = `${inputs} ${seed}`;
    const known = this.#weights.get(name) ?? reservoirWeights(this.kernel, inputs, seed);
    this.#weights.set(name, known);
    return known;
  }
}

/**
 * Finds what has not been seen before in one signal: an ensemble of small nets (see `SurpriseNet`), whose evidence is
 * averaged. Marks where something new begins, and gets used to it. Memory: see `bytes`; 250 KB a net and key at
 * most with the default ring.
 */
export class NoveltyDetector implements Detector {
  readonly name = "novelty";
  readonly #options: NoveltyOptions;
  readonly #nets: readonly SurpriseNet[];
  #count = 0;
  /** Evidence by channel, averaged over the nets. */
  readonly #evidence = new Float64Array(CHANNELS.length);
  /** The usual time between rows, ms, and the first one's. */
  #first = Number.NaN;
  #last = Number.NaN;

  constructor(options: NoveltyOptions, reservoirs: Reservoirs) {
    this.#options = options;
    const { warmUp, nets = SIX_NETS, ring = 1000, hasTime = true, seed = 1 } = options;
    this.#nets = nets.map(({ share, aggregator }, index) => {
      const blockSize = Math.max(1, Math.floor(warmUp * share));
      return new SurpriseNet(reservoirs.kernel, {
        aggregator,
        blockSize,
        memories: CHANNELS.map(({ memory }) => pow(memory, share / MEMORY_SHARE)),
        hasTime,
        ring,
        rankedFrom: Math.floor((RANKED_FROM * warmUp) / blockSize),
        weights: reservoirs.weights(netInputs(hasTime), seed * 64 + index),
      });
    });
  }

  get bytes(): number {
    return this.#nets.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  step({ values, time }: Row): number {
    const value = values[0] ?? 0;
    this.#count++;
    if (Number.isNaN(this.#first)) this.#first = time;
    this.#last = time;
    let isNew = false;
    for (const net of this.#nets) if (net.step(value, time)) isNew = true;
    if (isNew) this.#average();
    return this.#strength();
  }

  #average(): void {
    this.#evidence.fill(0);
    for (const { evidence } of this.#nets) {
      for (const [channel, c] of evidence.entries()) this.#evidence[channel]! += c / this.#nets.length;
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
    const words = {
      neighbour: "nothing like it has been seen",
      leverage: "it is unlike anything learned from",
      error: "it was not what was to come next",
    }[strongest];
    const span = Math.max(0, this.#last - this.#first);
    const rowMs = this.#count > 1 ? span / (this.#count - 1) : 0;
    const recent = duration(rowMs * Math.max(1, this.#options.warmUp * MEMORY_SHARE * 4));
    return `the pattern of the last ${recent} is new in ${duration(span)}: ${words} (${strongest})`;
  }

  release(): void {
    for (const net of this.#nets) net.release();
  }

  write(to: ByteWriter): void {
    to.f64(this.#count).f64(this.#first).f64(this.#last).f64s(this.#evidence);
    for (const net of this.#nets) net.write(to);
  }

  read(from: ByteReader): void {
    this.#count = from.f64();
    this.#first = from.f64();
    this.#last = from.f64();
    this.#evidence.set(from.f64s());
    for (const net of this.#nets) net.read(from);
  }
}

/** `40 minutes`, `9 days`. */
function duration(ms: number): string {
  const units = [
    ["days", 86_400_000],
    ["hours", 3_600_000],
    ["minutes", 60_000],
    ["seconds", 1000],
  ] as const;
  const [name, size] = units.find(([, unit]) => ms >= 2 * unit) ?? (["ms", 1] as const);
  return `${Math.round(ms / size)} ${name}`;
}
